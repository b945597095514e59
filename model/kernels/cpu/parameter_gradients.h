// The gradients of a convolution's weight and bias in bfloat16, on the CPU. In oneDNN they take 40% of the time of a
// training step's convolutions, at two thirds to three quarters of the speed of the other passes.
#pragma once

#include <ATen/core/Tensor.h>

namespace pbn::model {

// Whether parameter_gradients() may be called: for bfloat16 on a processor with AVX512-BF16, but without AMX, which
// oneDNN uses and which is faster still; for kernels of 1 and 3, and for enough channels to fill vectors.
bool supports_parameter_gradients(const at::Tensor& x, std::int64_t kernel);

struct ParameterGradients {
  at::Tensor weight;  // float32 (O, I, kernel, kernel)
  at::Tensor bias;    // float32 (O), or undefined
};

// x (B, I, H, W) and dy (B, O, H, W) channels_last; stride 1, padded to keep the side. Sums are computed in float32
// and have the same bits for any number of threads.
ParameterGradients parameter_gradients(const at::Tensor& x, const at::Tensor& dy, std::int64_t kernel, bool with_bias);

}  // namespace pbn::model
