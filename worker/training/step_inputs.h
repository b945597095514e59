// What a training step reads of its batch.
#pragma once

#include <ATen/core/Tensor.h>

#include "data/loading/batch_loader.h"

namespace pbn {

struct StepInputs {
  at::Tensor pixels;    // (B, P, P, 3) uint8
  at::Tensor joints;    // (B, K, 2) input pixels, of the joints that are tasks, of the loss's type
  at::Tensor labelled;  // (B, K)
};

// On the device; on the CPU views of the batch, which must outlive them, as far as they can be. tasks: (K) the joint of
// the batch that each heat map is of; `type` is that of the loss.
StepInputs step_inputs(const Batch& batch, const at::Tensor& tasks, const at::Device& device, at::ScalarType type);

// Inputs at places that do not change, for a step that was recorded.
class FixedInputs {
 public:
  FixedInputs(const StepInputs& like, const at::Device& device);  // of the sizes and types of `like`

  // Copies them from host memory, to a GPU by way of pinned memory: returns before they are there, and must not be
  // called again before the step that reads them is done.
  void take(const StepInputs& inputs);
  const StepInputs& on_device() const { return on_device_; }

 private:
  StepInputs on_device_, pinned_;
};

}  // namespace pbn
