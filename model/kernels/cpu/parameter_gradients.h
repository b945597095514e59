// The gradients of a convolution's weight and bias in bfloat16, on the CPU. In oneDNN they take 40% of the time that
// all passes of a training step's convolutions take, at two thirds to three quarters of the others' rate.
#pragma once

#include <ATen/core/Tensor.h>

namespace pbn {

// Whether parameter_gradients() can and should make them: bfloat16 on a processor with AVX512-BF16 and without AMX,
// which is faster still and which oneDNN uses; kernels of 1 and 3; enough channels to fill vectors. Elsewhere it must
// not be called.
bool own_gradients_serve(const at::Tensor& x, std::int64_t kernel);

struct ParameterGradients {
  at::Tensor weight;  // float32 (O, I, kernel, kernel)
  at::Tensor bias;    // float32 (O), or not defined
};

// x (B, I, H, W) and dy (B, O, H, W) channels_last; stride 1, padded to keep the side. Sums are made in float32, and
// have the same bits for any number of threads.
ParameterGradients parameter_gradients(const at::Tensor& x, const at::Tensor& dy, std::int64_t kernel, bool with_bias);

}  // namespace pbn
