// How one run went, from its metrics.jsonl and, for the validation after the last epoch, its result.
#pragma once

#include <string>

#include "drawing/line_chart.h"  // CurvePoints
#include "orchestrator/runs/run_store.h"

namespace pbn {

struct RunCurves {
  CurvePoints training_loss, validation;  // over epochs; validation is that of the metric during training
};

// What is there so far. An epoch that was done again after an interruption counts once, as it came out at last. Lines
// that are no JSON are passed over: other people's workers write what they like.
RunCurves run_curves(const RunStore& store, const std::string& run, const std::string& metric);

}  // namespace pbn
