// What people call the cells of a sweep: only what sets them apart.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/grid/sweep.h"

namespace pbn {

// Gives each its label and its differing settings: the keys in which these sections, all of one name, differ. Settings
// that a head does not use are not mentioned.
void label_sections(const std::vector<Section*>& sections);

// "pbn D1 (2)": numbers those that are equal, so that all are different.
void number_equal_labels(std::vector<std::string*> labels);

}  // namespace pbn
