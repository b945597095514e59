// RMSProp as in Torch7 (Sec. 4.1; docs/design.md), in one pass over flat buffers.
#pragma once

#include <ATen/core/Tensor.h>

namespace pbn::worker {

// m <- decay m + (1 - decay) g^2;  x <- x - rate g / (sqrt(m) + epsilon);  m starts at zero.
class RmsProp {
 public:
  // `rounded`: a copy of the parameters in bfloat16 that own kernels of a GPU keep equal to them; may be undefined.
  RmsProp(at::Tensor parameters, double decay, double epsilon, at::Tensor rounded = {});

  void step(const at::Tensor& gradients, double learning_rate);
  // The same with float64 tensors on the device, so that the host need not read them: a scalar, and figures of the
  // step. Unless all figures are finite, parameters and mean squares stay, and the gradients may change.
  void step(const at::Tensor& gradients, const at::Tensor& learning_rate, const at::Tensor& figures);
  // The same in operations of ATen, for GPUs without own kernels.
  void step_by_operations(const at::Tensor& gradients, const at::Tensor& learning_rate, const at::Tensor& figures);

  const at::Tensor& mean_square() const {
    return mean_square_;
  }  // to save and restore; has the shape of the parameters

 private:
  at::Tensor parameters_, mean_square_, rounded_;
  double decay_, epsilon_;
};

}  // namespace pbn::worker
