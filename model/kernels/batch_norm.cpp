#include "model/kernels/operations.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "model/kernels/cpu/batch_norm_passes.h"

namespace pbn::model {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr double momentum = 0.1;
constexpr double epsilon = 1e-5;

// AutogradContext::saved_data holds only reference-counted objects.
struct Ranks : torch::CustomClassHolder {
  explicit Ranks(SumOverRanks function) : sum(std::move(function)) {}
  SumOverRanks sum;
};

struct BatchNormRelu : torch::autograd::Function<BatchNormRelu> {
  static variable_list forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& gamma,
                               const at::Tensor& beta, const at::Tensor& running_mean,
                               const at::Tensor& running_variance, const SumOverRanks& sum_over_ranks) {
    const std::int64_t pixels = x.numel() / x.size(1);
    const at::Tensor own_sums = sums_per_channel(x).flatten();
    at::Tensor sums = at::cat({own_sums, at::full({1}, pixels, own_sums.options())});
    if (sum_over_ranks) sum_over_ranks(sums);
    const at::Tensor count = sums[-1];
    const at::Tensor means = sums.slice(0, 0, -1).view({2, -1}) / count;
    const at::Tensor mean = means[0], variance = (means[1] - mean.square()).clamp_min(0);

    const at::ScalarType type = running_mean.scalar_type();
    running_mean.lerp_(mean.to(type), momentum);
    running_variance.lerp_((variance * count / (count - 1).clamp_min(1)).to(type), momentum);

    const at::Tensor inverse_deviation = (variance + epsilon).rsqrt();
    const at::Tensor scale = (gamma * inverse_deviation).to(type);
    const at::Tensor shift = (beta - mean * gamma * inverse_deviation).to(type);
    context->save_for_backward({x, gamma, mean, inverse_deviation, count, scale, shift});
    context->saved_data["ranks"] = at::IValue::make_capsule(c10::make_intrusive<Ranks>(sum_over_ranks));
    context->set_materialize_grads(false);
    return {scaled_relu(x, scale, shift), x};
  }

  // With x' = (x - mean) / deviation and means over all ranks: dx = gamma / deviation (dy - mean(dy) - x' mean(dy x')),
  // written as a dy + b x + c with one a, b and c per channel.
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &gamma = saved[1], &mean = saved[2], &inverse_deviation = saved[3];
    const at::Tensor &count = saved[4], &scale = saved[5], &shift = saved[6];
    const at::Tensor dy = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    const at::Tensor of_readers =
        gradients[1].defined() ? gradients[1].contiguous(at::MemoryFormat::ChannelsLast) : gradients[1];

    at::Tensor sums = gradient_sums_per_channel(dy, x, scale, shift);
    sums[1].sub_(mean * sums[0]).mul_(inverse_deviation);
    const at::Tensor own_sums = sums.to(gamma.scalar_type(), /*non_blocking=*/false, /*copy=*/true);
    const auto ranks = c10::static_intrusive_pointer_cast<Ranks>(context->saved_data["ranks"].toCapsule());
    if (ranks->sum) ranks->sum(sums);
    const at::Tensor means = sums / count;

    const at::ScalarType type = scale.scalar_type();
    const at::Tensor a = gamma * inverse_deviation;
    const at::Tensor b = -a * inverse_deviation * means[1];
    const at::Tensor c = -a * means[0] - b * mean;
    const at::Tensor none;
    return {input_gradient(dy, x, scale, shift, a.to(type), b.to(type), c.to(type), of_readers),
            own_sums[1],
            own_sums[0],
            none,
            none,
            none};
  }
};

// With running statistics and without gradients BatchNorm is a scale and a shift.
at::Tensor with_running_statistics(const at::Tensor& x, const BatchNormTensors& tensors) {
  const auto& [gamma, beta, running_mean, running_variance] = tensors;
  const at::Tensor scale = gamma * (running_variance + epsilon).rsqrt();
  return scaled_relu(x.contiguous(at::MemoryFormat::ChannelsLast), scale, beta - running_mean * scale);
}

}  // namespace

NormalisedAndInput batch_norm_relu_and_input(const at::Tensor& x, const BatchNormTensors& tensors,
                                             const BatchNormOptions& options) {
  const auto& [gamma, beta, running_mean, running_variance] = tensors;
  if (options.training && (options.synchronised || x.is_cpu())) {
    const at::Tensor channels_last = x.contiguous(at::MemoryFormat::ChannelsLast);
    const variable_list both = BatchNormRelu::apply(channels_last, gamma, beta, running_mean, running_variance,
                                                    options.synchronised ? options.sum_over_ranks : SumOverRanks{});
    return {both[0], both[1]};
  }
  if (x.is_cpu() && !at::GradMode::is_enabled()) return {with_running_statistics(x, tensors), x};
  return {at::batch_norm(x, gamma, beta, running_mean, running_variance, options.training, momentum, epsilon,
                         /*cudnn_enabled=*/true)
              .relu_(),
          x};
}

at::Tensor batch_norm_relu(const at::Tensor& x, const BatchNormTensors& tensors, const BatchNormOptions& options) {
  return batch_norm_relu_and_input(x, tensors, options).normalised;
}

}  // namespace pbn::model
