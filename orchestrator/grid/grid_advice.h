// Warnings about a grid that is valid but probably not meant: settings that no cell uses, and misspelt settings.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/grid/grid.h"

namespace pbn::grid {

// One sentence with the place in the grid for each doubtful setting:
// - "grid.yaml:1:29: no cell uses model.fusion: model.head is deep". A setting of a block counts as used if a cell of
//   this block uses it, a setting of the base if any cell does.
// - a value that does not do what it says, such as a target wider than its window.
// - with an external worker, whose settings have no schema, a path that resembles one in the grid's base:
//   "grid.yaml:7:5: "settings.optimiser.lr" is a new setting; did you mean "settings.optimizer.lr"?"
// - with copies of its program's files (program_files.h), a relative path of a file that is not among them.
std::vector<std::string> advice_about(const Grid& grid);

}  // namespace pbn::grid
