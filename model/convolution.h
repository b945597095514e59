// A convolution whose arithmetic follows its input: parameters stay in full precision, activations may not.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace pbn {

struct ConvolutionOptions {
  // Added to the result, in place: the other way around a residual block, for example.
  std::optional<at::Tensor> addend = {};
  // The result goes nowhere but into a BatchNorm that takes off its mean. Then the bias has no gradient but rounding,
  // and a pass over the gradient is saved where that is not computed; it is zero.
  bool bias_is_absorbed = false;
};

// x (B, I, H, W) channels_last; weight (O, I, k, k), k odd; bias (O) -> (B, O, H, W): stride 1, padded to keep the
// side. With x in bfloat16 weight and bias are rounded to it, and their gradients come back in their own type.
at::Tensor convolution(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                       const ConvolutionOptions& options = {});

}  // namespace pbn
