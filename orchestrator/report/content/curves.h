// Losses and validation figures over the epochs, and joints found over the threshold.
#pragma once

#include <string>

#include "orchestrator/report/content/report.h"

namespace pbn::report {

// Curves of a run from its metrics.jsonl, and from its result for the validation after the last epoch. An epoch that
// was repeated after an interruption counts once, with its last values. Lines that are not JSON are skipped, since
// external workers may write anything.
RunCurves run_curves(const runs::RunStore& store, const std::string& run, const std::string& metric);

// The runs of at most `most_cells` cells, baselines first, also of runs that are not finished. Thresholds come from the
// predictions of the test under `protocol` (report.h).
std::vector<CellTrace> curves_of(const grid::Sweep& sweep, const runs::RunStore& store, const std::string& metric,
                                 const std::string& protocol, std::size_t most_cells = 8);

}  // namespace pbn::report
