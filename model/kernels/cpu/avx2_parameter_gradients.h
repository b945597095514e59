// The gradients of a convolution's weight and bias in float32 by AVX2 and FMA, on the CPU. Where oneDNN has no AVX-512,
// they take 40 to 50% of the time of a training step's convolutions: its kernels for 3x3 use half of the arithmetic,
// its other passes nearly all of it.
#pragma once

#include "model/kernels/cpu/parameter_gradients.h"

namespace pbn::model {

// Whether avx2_parameter_gradients() may be called: for float32 on a processor with AVX2 and FMA.
bool supports_avx2_parameter_gradients(const at::Tensor& x);

// x (B, I, H, W) and dy (B, O, H, W) channels_last; stride 1, padded to keep the side; kernel odd. Each number is
// summed in float32 in one order: it has the same bits for any number of threads, but not those of oneDNN.
ParameterGradients avx2_parameter_gradients(const at::Tensor& x, const at::Tensor& dy, std::int64_t kernel,
                                            bool with_bias);

}  // namespace pbn::model
