// result.json of a finished run (docs/file-formats.md).
#pragma once

#include "worker/communication/ranks.h"
#include "worker/device/device.h"
#include "worker/training/trainer.h"

namespace pbn::worker {

// Whether DIR/result.json is the result of this run. Throws a usage error if it belongs to another run.
bool is_finished(const RunSetup& setup);

// Evaluates the predictions of the last epoch and writes predictions.h5, weights.safetensors and finally result.json,
// whose "outcome" has the same bits whenever the run is repeated with the same ranks. Only rank 0 calls it.
void write_result(const RunSetup& setup, Trainer& trainer, const evaluation::Predictions& predictions,
                  const Device& device, const Ranks& ranks, const Communicator& communicator);

// SHA-256 of the bytes of a tensor.
std::string digest_of(const at::Tensor& tensor);

// SHA-256 of all parameters and running statistics.
std::string weights_digest(model::Network& network);

}  // namespace pbn::worker
