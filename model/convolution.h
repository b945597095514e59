// A convolution whose arithmetic follows its input: parameters stay in full precision, activations may not.
#pragma once

#include <ATen/core/Tensor.h>

namespace pbn {

// x (B, I, H, W) channels_last; weight (O, I, k, k), k odd; bias (O) -> (B, O, H, W): stride 1, padded to keep the
// side. With x in bfloat16 weight and bias are rounded to it, and their gradients come back in their own type.
at::Tensor convolution(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

}  // namespace pbn
