// The output of `pbn evaluate PREDICTIONS --against TRUTH`, as text and as JSON.
#pragma once

#include <string>

#include "base/json.h"
#include "evaluation/ground_truth.h"
#include "evaluation/metrics.h"

namespace pbn::evaluation {

// Two tables in percent, one of parts and one of means, in the order of the paper. Columns: the main metric over all,
// visible and occluded joints, the other metrics, and the number of joints that each figure counts; "-" where a figure
// counts none. Parts that are not predicted, and so in no figure, are listed.
std::string evaluation_text(const Predictions& predictions, const GroundTruth& truth);

// {"skeleton", "reference", "people", "not_predicted": [PART], "figures": {NAME: percent}, "joints": {FIGURE: count}},
// names as in metrics.h.
Json evaluation_json(const Predictions& predictions, const GroundTruth& truth);

}  // namespace pbn::evaluation
