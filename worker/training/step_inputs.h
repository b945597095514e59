// The tensors of a batch that a training step reads.
#pragma once

#include <ATen/core/Tensor.h>

#include "data/loading/batch_loader.h"

namespace pbn::worker {

struct StepInputs {
  at::Tensor pixels;    // (B, P, P, 3) uint8
  at::Tensor joints;    // (B, K, 2) input pixels of the trained parts, of the loss's type
  at::Tensor labelled;  // (B, K)
};

// On the device. On the CPU some are views of the batch, which must outlive them. tasks: (K) the batch's joint for each
// heat map; `type` is that of the loss.
StepInputs step_inputs(const data::Batch& batch, const at::Tensor& tasks, const at::Device& device,
                       at::ScalarType type);

// Inputs at fixed addresses, for a recorded step.
class FixedInputs {
 public:
  FixedInputs(const StepInputs& like, const at::Device& device);  // with the sizes and types of `like`

  // Copies inputs from host memory, to a GPU through pinned memory. The copy is asynchronous: the next call must wait
  // until the step that reads these inputs is done.
  void copy_from(const StepInputs& inputs);
  const StepInputs& on_device() const { return on_device_; }

 private:
  StepInputs on_device_, pinned_;
};

}  // namespace pbn::worker
