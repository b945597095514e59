#include <ATen/ATen.h>
#include <ATen/native/ConvUtils.h>  // mkldnn_convolution_backward_stub

#include <array>

#include "base/host.h"
#include "model/kernels/cpu/avx2_parameter_gradients.h"
#include "model/kernels/cpu/cpu_kernels.h"
#include "model/kernels/cpu/parameter_gradients.h"

// Always oneDNN, forward and backward. For single images or with one thread at::conv2d and its backward pass choose
// kernels that round differently, and for 1x1 convolutions in float32 an im2col loop at a third of the speed.
namespace pbn::model {
namespace {

// This stub's DEFAULT is the only version: oneDNN itself chooses the instruction set.
using one_dnn_backward = decltype(at::native::mkldnn_convolution_backward_stub);

using Sides = std::array<std::int64_t, 2>;
constexpr Sides ones = {1, 1};  // stride and dilation

Sides padding_of(const at::Tensor& weight) { return {weight.size(2) / 2, weight.size(3) / 2}; }

using OwnGradients = ParameterGradients (*)(const at::Tensor& x, const at::Tensor& dy, std::int64_t kernel,
                                            bool with_bias);

// Our kernel for the gradients of weight and bias, or null: they are oneDNN's.
OwnGradients own_gradients(const ConvolutionGradientInputs& inputs, bool uses_avx2) {
  const std::int64_t kernel = inputs.weight.size(2);
  if (supports_parameter_gradients(inputs.x, kernel)) return parameter_gradients;
  if (uses_avx2 && kernel > 1 && supports_avx2_parameter_gradients(inputs.x)) return avx2_parameter_gradients;
  return nullptr;
}

ConvolutionGradients convolve_gradients(const ConvolutionGradientInputs& inputs, OwnGradients own) {
  const at::Tensor &x = inputs.x, &dy = inputs.dy, &w = inputs.weight;
  const at::ScalarType type = inputs.weight_parameter.scalar_type();
  const std::array<bool, 3> wanted{inputs.needs_x, !own, !own && !inputs.bias_is_absorbed};
  auto [dx, dw, db] = one_dnn_backward::DEFAULT(x, dy, w, padding_of(w), ones, ones, 1, wanted);
  if (own) {
    const ParameterGradients gradients = own(x, dy, w.size(2), !inputs.bias_is_absorbed);
    dw = gradients.weight, db = gradients.bias;
  }
  return {dx, dw.to(type), inputs.bias_is_absorbed ? at::zeros({w.size(0)}, at::dtype(type)) : db.to(type)};
}

}  // namespace

bool one_dnn_convolves(const at::Tensor& x) {
  static const bool bf16 = has_bf16();
  return at::globalContext().hasMKLDNN() &&
         (x.scalar_type() == at::kFloat || (x.scalar_type() == at::kBFloat16 && bf16));
}

at::Tensor convolve_by_one_dnn(const ConvolutionInputs& inputs) {
  const at::Tensor bias = inputs.bias.to(inputs.x.scalar_type());
  at::Tensor y = at::mkldnn_convolution(inputs.x, inputs.weight, bias, padding_of(inputs.weight), ones, ones, 1);
  return inputs.addend ? y.add_(*inputs.addend) : y;
}

ConvolutionGradients convolve_gradients_by_one_dnn(const ConvolutionGradientInputs& inputs) {
  return convolve_gradients(inputs, own_gradients(inputs, /*uses_avx2=*/false));
}

ConvolutionGradients convolve_gradients_with_avx2(const ConvolutionGradientInputs& inputs) {
  return convolve_gradients(inputs, own_gradients(inputs, /*uses_avx2=*/true));
}

}  // namespace pbn::model
