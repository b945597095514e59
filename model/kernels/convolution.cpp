#include "model/kernels/operations.h"

#include <ATen/ATen.h>
#include <ATen/native/ConvUtils.h>  // mkldnn_convolution_backward_stub
#include <torch/csrc/autograd/custom_function.h>

#include <array>

#include "base/host.h"
#include "model/kernels/cpu/parameter_gradients.h"

namespace pbn::model {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

bool runs_on_one_dnn(const at::Tensor& x) {
  static const bool bf16 = has_bf16();
  return x.is_cpu() && at::globalContext().hasMKLDNN() &&
         (x.scalar_type() == at::kFloat || (x.scalar_type() == at::kBFloat16 && bf16));
}

// This stub's DEFAULT is the only version: oneDNN itself chooses the instruction set.
using one_dnn_backward = decltype(at::native::mkldnn_convolution_backward_stub);

using Sides = std::array<std::int64_t, 2>;
constexpr Sides ones = {1, 1};  // stride and dilation

Sides padding_of(const at::Tensor& weight) { return {weight.size(2) / 2, weight.size(3) / 2}; }

// Always oneDNN, forward and backward. For single images or with one thread at::conv2d and its backward pass choose
// kernels that round differently, and for 1x1 convolutions in float32 an im2col loop at a third of the speed.
struct OneDnnConvolution : torch::autograd::Function<OneDnnConvolution> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const at::Tensor& bias, const std::optional<at::Tensor>& addend, bool bias_is_absorbed) {
    const at::Tensor w = weight.to(x.scalar_type()), b = bias.to(x.scalar_type());
    context->save_for_backward({x, w});
    context->saved_data["bias_is_absorbed"] = bias_is_absorbed;
    context->saved_data["has_addend"] = addend.has_value();
    context->saved_data["parameter_type"] = weight.scalar_type();
    at::Tensor y = at::mkldnn_convolution(x, w, b, padding_of(w), ones, ones, 1);
    return addend ? y.add_(*addend) : y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &w = saved[1];
    const at::ScalarType type = context->saved_data["parameter_type"].toScalarType();
    const bool bias_is_absorbed = context->saved_data["bias_is_absorbed"].toBool();
    const at::Tensor dy = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    const bool uses_own_kernel = supports_parameter_gradients(x, w.size(2));
    const std::array<bool, 3> wanted{context->needs_input_grad(0), !uses_own_kernel,
                                     !uses_own_kernel && !bias_is_absorbed};
    auto [dx, dw, db] = one_dnn_backward::DEFAULT(x, dy, w, padding_of(w), ones, ones, 1, wanted);
    if (uses_own_kernel) {
      const ParameterGradients own = parameter_gradients(x, dy, w.size(2), !bias_is_absorbed);
      dw = own.weight, db = own.bias;
    }
    const at::Tensor bias = bias_is_absorbed ? at::zeros({w.size(0)}, at::dtype(type)) : db.to(type);
    const bool has_addend = context->saved_data["has_addend"].toBool();
    return {dx, dw.to(type), bias, has_addend ? gradients[0] : at::Tensor(), at::Tensor()};
  }
};

}  // namespace

at::Tensor convolution(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                       const ConvolutionOptions& options) {
  if (runs_on_one_dnn(x)) {
    return OneDnnConvolution::apply(x.contiguous(at::MemoryFormat::ChannelsLast), weight, bias, options.addend,
                                    options.bias_is_absorbed);
  }
  const at::Tensor w = weight.to(x.scalar_type()),
                   b = bias.to(x.scalar_type());  // autograd converts their gradients back
  const at::Tensor y = at::conv2d(x, w, b, ones, padding_of(w));
  return options.addend ? y + *options.addend : y;
}

}  // namespace pbn::model
