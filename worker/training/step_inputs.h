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

// On the device. On the CPU some are views of the batch, which must outlive them. To a GPU they are copied
// asynchronously; the batch is not needed any more. tasks: (K) the batch's joint for each heat map; `type` is that of
// the loss.
StepInputs step_inputs(const data::Batch& batch, const at::Tensor& tasks, const at::Device& device,
                       at::ScalarType type);

// Inputs at fixed addresses, for a recorded step.
class FixedInputs {
 public:
  FixedInputs(const StepInputs& like, const at::Device& device);  // with the sizes, types and values of `like`

  // Copies inputs from host memory, to a GPU asynchronously through pinned memory, of which every call has its own. The
  // copy waits on the current stream for the step that reads the inputs before.
  void copy_from(const StepInputs& inputs);
  const StepInputs& on_device() const { return on_device_; }

 private:
  StepInputs on_device_;
};

}  // namespace pbn::worker
