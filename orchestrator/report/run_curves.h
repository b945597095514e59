// How one run went, from its metrics.jsonl and, for the validation after the last epoch, its result.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "orchestrator/runs/run_store.h"

namespace pbn {

using CurvePoints = std::vector<std::array<double, 2>>;  // (x, y), x ascending

struct RunCurves {
  CurvePoints training_loss, validation;  // over epochs; validation is that of the metric during training
};

// What is there so far. An epoch that was done again after an interruption counts once, as it came out at last. Lines
// that are no JSON are passed over: other people's workers write what they like.
RunCurves run_curves(const RunStore& store, const std::string& run, const std::string& metric);

// At most `most` of the points, evenly chosen, the last one among them.
CurvePoints thinned(const CurvePoints& points, std::size_t most);

}  // namespace pbn
