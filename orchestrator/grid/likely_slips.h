// With an external worker nobody but the grid itself says what its settings are: a slip in a path makes a new setting,
// which the worker never looks at, and the cells that were to differ are all alike.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/grid/grid.h"

namespace pbn {

// "grid.yaml:7:5: "settings.optimiser.lr" is a setting of its own; did you mean "settings.optimizer.lr"?": of an
// external worker's, those that look like slips of others in the grid's base. They may be meant, so that one only warns
// of them.
std::vector<std::string> likely_slips(const Grid& grid);

}  // namespace pbn
