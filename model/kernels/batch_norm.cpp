#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "model/kernels/batch_norm_passes.h"
#include "model/kernels/kernels.h"

namespace pbn::model {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// AutogradContext::saved_data holds only reference-counted objects.
struct Ranks : torch::CustomClassHolder {
  explicit Ranks(SumOverRanks function) : sum(std::move(function)) {}
  SumOverRanks sum;
};

// LibTorch has no synchronised BatchNorm: without own kernels it is made of passes by LibTorch's operations.
Normalised normalise(const at::Tensor& x, const BatchNormTensors& tensors, const SumOverRanks& sum) {
  const auto own = kernels_for(x).normalise;
  return own ? own(x, tensors, sum) : normalise_by(aten_passes, x, tensors, sum);
}

BatchNormGradients normalise_gradients(const at::Tensor& dy, const at::Tensor& rest, const at::Tensor& x,
                                       const BatchNormTensors& tensors, const Normalised& forward,
                                       const SumOverRanks& sum) {
  const auto own = kernels_for(x).normalise_gradients;
  return own ? own(dy, rest, x, tensors, forward, sum)
             : normalise_gradients_by(aten_passes, dy, rest, x, tensors, forward, sum);
}

struct BatchNormRelu : torch::autograd::Function<BatchNormRelu> {
  static variable_list forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& gamma,
                               const at::Tensor& beta, const BatchNormTensors& tensors,
                               const SumOverRanks& sum_over_ranks) {
    const Normalised result = normalise(x, tensors, sum_over_ranks);
    context->save_for_backward(
        {x, gamma, beta, result.mean, result.inverse_deviation, result.count, result.scale, result.shift});
    context->saved_data["ranks"] = at::IValue::make_capsule(c10::make_intrusive<Ranks>(sum_over_ranks));
    context->set_materialize_grads(false);
    return {result.y, x};
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &gamma = saved[1], &beta = saved[2];
    const Normalised forward{{}, saved[3], saved[4], saved[5], saved[6], saved[7]};
    const at::Tensor dy = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    const at::Tensor rest =
        gradients[1].defined() ? gradients[1].contiguous(at::MemoryFormat::ChannelsLast) : gradients[1];
    const auto ranks = c10::static_intrusive_pointer_cast<Ranks>(context->saved_data["ranks"].toCapsule());
    const BatchNormGradients result =
        normalise_gradients(dy, rest, x, BatchNormTensors{gamma, beta, {}, {}}, forward, ranks->sum);
    const at::Tensor none;
    return {result.x, result.gamma, result.beta, none, none};
  }
};

// With running statistics and without gradients BatchNorm is a scale and a shift.
at::Tensor with_running_statistics(const at::Tensor& x, const BatchNormTensors& tensors) {
  const at::Tensor scale = tensors.gamma * (tensors.running_variance + batch_norm_epsilon).rsqrt();
  return kernels_for(x).scale_relu(x.contiguous(at::MemoryFormat::ChannelsLast), scale,
                                   tensors.beta - tensors.running_mean * scale);
}

}  // namespace

NormalisedAndInput batch_norm_relu_and_input(const at::Tensor& x, const BatchNormTensors& tensors,
                                             const BatchNormOptions& options) {
  const Kernels& kernels = kernels_for(x);
  if (options.training && (options.synchronised || kernels.normalise)) {
    const at::Tensor channels_last = x.contiguous(at::MemoryFormat::ChannelsLast);
    const variable_list both = BatchNormRelu::apply(channels_last, tensors.gamma, tensors.beta, tensors,
                                                    options.synchronised ? options.sum_over_ranks : SumOverRanks{});
    return {both[0], both[1]};
  }
  if (kernels.scale_relu && !at::GradMode::is_enabled()) return {with_running_statistics(x, tensors), x};
  return {at::batch_norm(x, tensors.gamma, tensors.beta, tensors.running_mean, tensors.running_variance,
                         options.training, batch_norm_momentum, batch_norm_epsilon, /*cudnn_enabled=*/true)
              .relu_(),
          x};
}

at::Tensor batch_norm_relu(const at::Tensor& x, const BatchNormTensors& tensors, const BatchNormOptions& options) {
  return batch_norm_relu_and_input(x, tensors, options).normalised;
}

}  // namespace pbn::model
