// How far the difference to the baseline depends on the choice of validation photographs.
#pragma once

#include "orchestrator/report/content/report.h"

namespace pbn::report {

// Fills in `images` of the first `most_cells` compared cells (comparison.h), for the splits whose metric has a
// threshold (such as pckh50, but not auc): the bootstrap interval (image_bootstrap.h) of the mean difference over the
// seeds of which both cells have predictions. People of one photograph are resampled together. A cell takes tenths of a
// second with MPII's people. The sweep must have poses.
void compare_over_images(Report& report, const grid::Sweep& sweep, const runs::RunStore& store,
                         const std::string& protocol, std::size_t most_cells = 24);

}  // namespace pbn::report
