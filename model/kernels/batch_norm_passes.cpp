#include <ATen/ATen.h>

#include "model/kernels/batch_norm_passes.h"

namespace pbn::model {

Normalised normalise_by(const BatchNormPasses& passes, const at::Tensor& x, const BatchNormTensors& tensors,
                        const SumOverRanks& sum) {
  const at::Tensor& running_mean = tensors.running_mean;
  const std::int64_t pixels = x.numel() / x.size(1);
  const at::Tensor own_sums = passes.sums_per_channel(x).flatten();
  at::Tensor sums = at::cat({own_sums, at::full({1}, pixels, own_sums.options())});
  if (sum) sum(sums);
  const at::Tensor count = sums[-1];
  const at::Tensor means = sums.slice(0, 0, -1).view({2, -1}) / count;
  const at::Tensor mean = means[0], variance = (means[1] - mean.square()).clamp_min(0);

  const at::ScalarType type = running_mean.scalar_type();
  running_mean.lerp_(mean.to(type), batch_norm_momentum);
  tensors.running_variance.lerp_((variance * count / (count - 1).clamp_min(1)).to(type), batch_norm_momentum);

  const at::Tensor inverse_deviation = (variance + batch_norm_epsilon).rsqrt();
  const at::Tensor scale = (tensors.gamma * inverse_deviation).to(type);
  const at::Tensor shift = (tensors.beta - mean * tensors.gamma * inverse_deviation).to(type);
  return {passes.scaled_relu(x, scale, shift), mean, inverse_deviation, count, scale, shift};
}

// With x' = (x - mean) / deviation and means over all ranks: dx = gamma / deviation (dy - mean(dy) - x' mean(dy x')),
// written as a dy + b x + c with one a, b and c per channel.
BatchNormGradients normalise_gradients_by(const BatchNormPasses& passes, const at::Tensor& dy, const at::Tensor& rest,
                                          const at::Tensor& x, const BatchNormTensors& tensors,
                                          const Normalised& forward, const SumOverRanks& sum) {
  const auto& [y, mean, inverse_deviation, count, scale, shift] = forward;
  const at::Tensor& gamma = tensors.gamma;
  at::Tensor sums = passes.gradient_sums_per_channel(dy, x, scale, shift);
  sums[1].sub_(mean * sums[0]).mul_(inverse_deviation);
  const at::Tensor own_sums = sums.to(gamma.scalar_type(), /*non_blocking=*/false, /*copy=*/true);
  if (sum) sum(sums);
  const at::Tensor means = sums / count;

  const at::ScalarType type = scale.scalar_type();
  const at::Tensor a = gamma * inverse_deviation;
  const at::Tensor b = -a * inverse_deviation * means[1];
  const at::Tensor c = -a * means[0] - b * mean;
  return {passes.input_gradient(dy, x, scale, shift, a.to(type), b.to(type), c.to(type), rest), own_sums[1],
          own_sums[0]};
}

}  // namespace pbn::model
