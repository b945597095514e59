// How far a difference to the baseline depends on the validation photographs that there happened to be.
#pragma once

#include "orchestrator/report/content/report.h"

namespace pbn {

// Fills in `images` of the first `most_cells` cells that are compared (comparison.h), for those of the columns' splits
// that have a threshold (pckh50 and its like, not auc): the per-image bootstrap interval (image_bootstrap.h) of the
// mean difference over the seeds that both cells have predictions of. People of one photograph are drawn together. It
// takes the trained networks as they are: the interval over the seeds, which stands beside it, is another statement. A
// cell takes tenths of a second with MPII's people.
void compare_over_images(Report& report, const Sweep& sweep, const RunStore& store, const std::string& protocol,
                         std::size_t most_cells = 24);

}  // namespace pbn
