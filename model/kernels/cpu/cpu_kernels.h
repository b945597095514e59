// The CPU's own kernels.
#pragma once

#include "model/kernels/kernels.h"

namespace pbn::model {

const Kernels& cpu_kernels();

// The same, but gradients of weights in float32 are by avx2_parameter_gradients.h where it is faster than oneDNN, which
// is if oneDNN is without AVX-512: they have other bits.
const Kernels& cpu_kernels_with_avx2();

// Members of cpu_kernels().
bool one_dnn_convolves(const at::Tensor& x);
at::Tensor convolve_by_one_dnn(const ConvolutionInputs& inputs);
ConvolutionGradients convolve_gradients_by_one_dnn(const ConvolutionGradientInputs& inputs);
ConvolutionGradients convolve_gradients_with_avx2(const ConvolutionGradientInputs& inputs);

at::Tensor halve_on_cpu(const at::Tensor& x);
at::Tensor halve_gradient_on_cpu(const at::Tensor& dy, const at::Tensor& rest, const at::Tensor& x);
at::Tensor add_doubled_on_cpu(const at::Tensor& fine, const at::Tensor& coarse);
at::Tensor sum_of_2x2_on_cpu(const at::Tensor& fine);

}  // namespace pbn::model
