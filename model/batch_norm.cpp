#include "model/synchronised_batch_norm.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

namespace pbn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// A context keeps reference-counted things only.
struct Ranks : torch::CustomClassHolder {
  explicit Ranks(SumOverRanks function) : sum(std::move(function)) {}
  SumOverRanks sum;
};

// (B, C, H, W) -> (C): the sums of x, and of the products of x and y, in double.
at::Tensor sum_per_channel(const at::Tensor& x) { return x.sum({0, 2, 3}, /*keepdim=*/false, at::kDouble); }
at::Tensor sum_per_channel(const at::Tensor& x, const at::Tensor& y) {
  return sum_per_channel(x.to(at::kDouble) * y.to(at::kDouble));
}

// (C) in double -> (C, 1, 1) in the type that elements of x are computed in: float32 at least.
at::Tensor factor(const at::Tensor& per_channel, const at::Tensor& x) {
  return per_channel.to(x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat).view({-1, 1, 1});
}

struct SynchronisedBatchNorm : torch::autograd::Function<SynchronisedBatchNorm> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& gamma,
                            const at::Tensor& beta, const at::Tensor& running_mean, const at::Tensor& running_variance,
                            double momentum, double epsilon, const SumOverRanks& sum_over_ranks) {
    const std::int64_t channels = x.size(1);
    at::Tensor sums = at::cat({sum_per_channel(x), sum_per_channel(x, x),
                               at::full({1}, static_cast<double>(x.numel() / channels), at::kDouble).to(x.device())});
    if (sum_over_ranks) sum_over_ranks(sums);
    const at::Tensor count = sums.slice(0, 2 * channels);
    const at::Tensor mean = sums.slice(0, 0, channels) / count;
    const at::Tensor variance = (sums.slice(0, channels, 2 * channels) / count - mean.square()).clamp_min(0);
    const at::Tensor inverse_deviation = (variance + epsilon).rsqrt();

    running_mean.lerp_(mean.to(running_mean.scalar_type()), momentum);
    running_variance.lerp_((variance * count / (count - 1)).to(running_variance.scalar_type()), momentum);

    context->save_for_backward({x, gamma, mean, inverse_deviation, count});
    context->saved_data["ranks"] = at::IValue::make_capsule(c10::make_intrusive<Ranks>(sum_over_ranks));
    const at::Tensor scale = gamma * inverse_deviation;
    return (x * factor(scale, x) + factor(beta - mean * scale, x)).to(x.scalar_type());
  }

  // With x' = (x - mean) / deviation over all ranks: dx = gamma / deviation * (dy - mean(dy) - x' mean(dy x')), written
  // as a dy + b x + c with one a, b and c per channel.
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &gamma = saved[1], &mean = saved[2], &inverse_deviation = saved[3];
    const at::Tensor &count = saved[4], &dy = gradients[0];

    const at::Tensor dy_sum = sum_per_channel(dy);
    const at::Tensor dy_x_sum = (sum_per_channel(dy, x) - mean * dy_sum) * inverse_deviation;
    at::Tensor means = at::stack({dy_sum, dy_x_sum});
    const auto ranks = c10::static_intrusive_pointer_cast<Ranks>(context->saved_data["ranks"].toCapsule());
    if (ranks->sum) ranks->sum(means);
    means /= count;

    const at::Tensor a = gamma * inverse_deviation;
    const at::Tensor b = -a * inverse_deviation * means[1];
    const at::Tensor c = -a * means[0] - b * mean;
    const at::Tensor dx = (dy * factor(a, x) + x * factor(b, x) + factor(c, x)).to(x.scalar_type());
    const at::Tensor none;
    return {dx, dy_x_sum.to(gamma.scalar_type()), dy_sum.to(gamma.scalar_type()), none, none, none, none, none};
  }
};

}  // namespace

at::Tensor synchronised_batch_norm(const at::Tensor& x, const at::Tensor& gamma, const at::Tensor& beta,
                                   const at::Tensor& running_mean, const at::Tensor& running_variance, double momentum,
                                   double epsilon, const SumOverRanks& sum_over_ranks) {
  return SynchronisedBatchNorm::apply(x, gamma, beta, running_mean, running_variance, momentum, epsilon,
                                      sum_over_ranks);
}

}  // namespace pbn
