// RMSProp as Torch7 has it (Sec. 4.1; docs/design.md): one pass over one flat buffer.
#pragma once

#include <ATen/core/Tensor.h>

namespace pbn {

// m <- decay m + (1 - decay) g^2;  x <- x - rate g / (sqrt(m) + epsilon);  m starts at zero.
class RmsProp {
 public:
  RmsProp(at::Tensor parameters, double decay, double epsilon);

  void step(const at::Tensor& gradients, double learning_rate);
  // The same with both as tensors of one number on the device, so that nobody need know them: where `is_wanted` is
  // false nothing is changed, but the gradients are spoilt.
  void step(const at::Tensor& gradients, const at::Tensor& learning_rate, const at::Tensor& is_wanted);
  // The latter in ATen's operations, as devices other than the CPU do it.
  void step_by_operations(const at::Tensor& gradients, const at::Tensor& learning_rate, const at::Tensor& is_wanted);

  const at::Tensor& mean_square() const { return mean_square_; }  // state to save and restore, shaped as the parameters

 private:
  at::Tensor parameters_, mean_square_;
  double decay_, epsilon_;
};

}  // namespace pbn
