#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <array>

#include "model/kernels/kernels.h"

namespace pbn::model {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct ConvolutionByKernels : torch::autograd::Function<ConvolutionByKernels> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const at::Tensor& bias, const std::optional<at::Tensor>& addend,
                            const ConvolutionOptions& options) {
    const at::Tensor w = options.rounded_weight.defined() ? options.rounded_weight : weight.to(x.scalar_type());
    context->save_for_backward({x, w, weight, bias});
    context->saved_data["bias_is_absorbed"] = options.bias_is_absorbed;
    context->saved_data["has_addend"] = addend.has_value();
    return kernels_for(x).convolve({x, w, bias, addend, options.bias_is_absorbed});
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &w = saved[1], &weight = saved[2], &bias = saved[3];
    const at::Tensor dy = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    const ConvolutionGradients result = kernels_for(x).convolve_gradients(
        {dy, x, w, weight, bias, context->saved_data["bias_is_absorbed"].toBool(), context->needs_input_grad(0)});
    const bool has_addend = context->saved_data["has_addend"].toBool();
    return {result.x, result.weight, result.bias, has_addend ? gradients[0] : at::Tensor(), at::Tensor()};
  }
};

// The same values, whose gradient is dropped: the parameter's gradient is then complete without an addition.
struct WithoutGradient : torch::autograd::Function<WithoutGradient> {
  static at::Tensor forward(AutogradContext*, const at::Tensor& x) { return x; }
  static variable_list backward(AutogradContext*, const variable_list&) { return {at::Tensor()}; }
};

}  // namespace

at::Tensor convolution(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                       const ConvolutionOptions& options) {
  const Kernels& kernels = kernels_for(x);
  if (kernels.convolves && kernels.convolves(x)) {
    return ConvolutionByKernels::apply(x.contiguous(at::MemoryFormat::ChannelsLast), weight, bias, options.addend,
                                       options);
  }
  // Autograd converts the gradients of rounded parameters back. Where the CPU's own kernels do not support the input
  // (in float64), an absorbed bias keeps its gradient of rounding errors, so that the bits stay.
  const bool drops_gradient = options.bias_is_absorbed && !kernels.convolves;
  const at::Tensor w = weight.to(x.scalar_type());
  const at::Tensor b = (drops_gradient ? WithoutGradient::apply(bias) : bias).to(x.scalar_type());
  const std::array<std::int64_t, 2> ones = {1, 1}, padding = {weight.size(2) / 2, weight.size(3) / 2};
  const at::Tensor y = at::conv2d(x, w, b, ones, padding);
  return options.addend ? y + *options.addend : y;
}

}  // namespace pbn::model
