// RMSProp as in Torch7 (Sec. 4.1; docs/design.md), in one pass over flat buffers.
#pragma once

#include <ATen/core/Tensor.h>

namespace pbn::worker {

// m <- decay m + (1 - decay) g^2;  x <- x - rate g / (sqrt(m) + epsilon);  m starts at zero.
class RmsProp {
 public:
  RmsProp(at::Tensor parameters, double decay, double epsilon);

  void step(const at::Tensor& gradients, double learning_rate);
  // The same with scalar tensors on the device, so that the host need not read them. If `is_wanted` is false, only the
  // gradients change.
  void step(const at::Tensor& gradients, const at::Tensor& learning_rate, const at::Tensor& is_wanted);
  // The same in operations of ATen, for devices other than the CPU.
  void step_by_operations(const at::Tensor& gradients, const at::Tensor& learning_rate, const at::Tensor& is_wanted);

  const at::Tensor& mean_square() const {
    return mean_square_;
  }  // to save and restore; has the shape of the parameters

 private:
  at::Tensor parameters_, mean_square_;
  double decay_, epsilon_;
};

}  // namespace pbn::worker
