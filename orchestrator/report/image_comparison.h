// How far a difference to the baseline depends on the validation photographs that there happened to be.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"

namespace pbn {

// Adds to the first `most_cells` cells that are compared (comparison.h), for those of these figures that have a
// threshold (pckh50 and its like, not auc)
//   "images": {"n": photographs, "low", "high"}
// the per-image bootstrap interval (image_bootstrap.h) of the mean difference over the seeds that both cells have
// predictions of. People of one photograph are drawn together. It takes the trained networks as they are: the interval
// over the seeds, which stands beside it, is another statement. A cell takes tenths of a second with MPII's people.
void compare_over_images(Json& outcome, const Sweep& sweep, const RunStore& store,
                         const std::vector<std::string>& figures, const std::string& protocol,
                         std::size_t most_cells = 24);

}  // namespace pbn
