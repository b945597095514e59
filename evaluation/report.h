// What `pbn evaluate PREDICTIONS --against TRUTH` prints, for people and for programs.
#pragma once

#include <string>

#include "base/json.h"
#include "evaluation/ground_truth.h"
#include "evaluation/metrics.h"

namespace pbn {

// Two tables in percent, parts and means, in the order of the paper: the main metric over all joints, visible and
// occluded ones, the other metrics, and how many joints each figure counts. "-" where a figure counts none. Parts that
// are not predicted, and so in no figure, are named.
std::string evaluation_text(const Predictions& predictions, const GroundTruth& truth);

// {"skeleton", "reference", "people", "not_predicted": [PART], "figures": {NAME: percent}, "joints": {FIGURE: count}},
// names as in metrics.h.
Json evaluation_json(const Predictions& predictions, const GroundTruth& truth);

}  // namespace pbn
