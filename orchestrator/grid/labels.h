// The labels of a sweep's cells: the settings in which the cells differ.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/grid/sweep.h"

namespace pbn::grid {

// Sets each section's label and differing settings. All sections must have the same name. Settings that a section's
// head does not use are left out of its label.
void label_sections(const std::vector<Section*>& sections);

// Makes equal labels distinct by numbering them: "pbn D1 (2)".
void number_equal_labels(const std::vector<std::string*>& labels);

}  // namespace pbn::grid
