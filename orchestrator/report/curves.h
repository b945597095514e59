// How the runs of a few cells went: losses and validation over the epochs, joints found over the threshold.
#pragma once

#include <string>

#include "orchestrator/report/report.h"

namespace pbn {

// From metrics.jsonl, result.json and predictions.h5 of at most `most_cells` cells, baselines first. Runs that have
// begun are there with what they have. Validation is that of `metric` during training, and its end. `protocol` as in
// report.h.
std::vector<CellTrace> curves_of(const Sweep& sweep, const RunStore& store, const std::string& metric,
                                 const std::string& protocol, std::size_t most_cells = 8);

// The page's figures of them: means over the seeds that have a value, said in the legend. Empty where there is nothing.
std::string training_figure(const Report& report);
std::string validation_figure(const Report& report);
std::string threshold_figure(const Report& report);

}  // namespace pbn
