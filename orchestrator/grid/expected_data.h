// A grid's entry `expected`, which describes data files that do not exist yet:
//
//   expected: {skeleton: mpii16, box_pixels: 256}
#pragma once

#include "orchestrator/grid/grid.h"
#include "orchestrator/grid/strict_yaml.h"

namespace pbn::grid {

// Throws usage errors with file:line:column.
ExpectedData read_expected_data(const StrictYaml& yaml, const YamlEntry& entry);

Json expected_data_schema();  // what it takes (json_schema.h)

}  // namespace pbn::grid
