// How the runs of a few cells went: losses and validation over the epochs, joints found over the threshold.
#pragma once

#include <string>

#include "orchestrator/report/content/report.h"

namespace pbn {

// From metrics.jsonl, result.json and predictions.h5 of at most `most_cells` cells, baselines first. Runs that have
// begun are there with what they have. Validation is that of `metric` during training, and its end. `protocol` as in
// report.h.
std::vector<CellTrace> curves_of(const Sweep& sweep, const RunStore& store, const std::string& metric,
                                 const std::string& protocol, std::size_t most_cells = 8);

}  // namespace pbn
