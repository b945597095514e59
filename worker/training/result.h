// result.json: the two halves of what a finished run leaves (docs/file-formats.md).
#pragma once

#include "worker/communication/ranks.h"
#include "worker/device/device.h"
#include "worker/training/trainer.h"

namespace pbn {

// True when DIR/result.json is this run's.
bool is_finished(const RunSetup& setup);

// Evaluates the last epoch's predictions and writes predictions.h5, weights.safetensors and, last, result.json.
// "outcome" is the same bits whenever the run is made again with the same ranks; "measured" is not. Rank 0 only.
void write_result(const RunSetup& setup, Trainer& trainer, const Predictions& predictions, const Device& device,
                  const Ranks& ranks, const Communicator& communicator);

// Of all parameters and running statistics: what both training's result and a test's say.
std::string weights_digest(Network& network);

}  // namespace pbn
