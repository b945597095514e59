// How the runs of a few cells went: losses and validation over the epochs, joints found over the threshold.
#pragma once

#include <string>

#include "base/json.h"
#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"

namespace pbn {

// For the aggregate's outcome, from metrics.jsonl, result.json and predictions.h5 of at most `most_cells` cells,
// baselines first:
//   [{"cell", "label", "runs": [{"seed", "training_loss": [[epoch, value]], "validation": [[epoch, value]],
//                                "thresholds": [percent at 0, 0.01, ... 0.5]}]}]
// Runs that have begun are there with what they have; a list is empty where there is nothing. Validation is that of
// `metric` during training, and its end. `protocol` as in aggregate.h.
Json curves_of(const Sweep& sweep, const RunStore& store, const std::string& metric, const std::string& protocol,
               std::size_t most_cells = 8);

}  // namespace pbn
