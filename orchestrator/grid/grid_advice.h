// What a grid probably does not mean: settings that nobody uses, and slips in their names.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/grid/grid.h"

namespace pbn {

// One sentence, with the place in the grid, for each setting that no cell uses: of those that stand in a block, no cell
// of this block. A setting that some cells use is as it should be: grids multiply. Also for values that do not do what
// they say. Of an external worker, whose settings nobody knows, the likely slips.
std::vector<std::string> advice_about(const Grid& grid);

}  // namespace pbn
