#include "worker/rmsprop.h"

#include <ATen/ATen.h>

namespace pbn {

RmsProp::RmsProp(at::Tensor parameters, double decay, double epsilon)
    : parameters_(std::move(parameters)), mean_square_(at::zeros_like(parameters_)), decay_(decay), epsilon_(epsilon) {}

void RmsProp::step(const at::Tensor& gradients, double learning_rate) {
  const at::NoGradGuard no_gradient;
  mean_square_.mul_(decay_).addcmul_(gradients, gradients, 1 - decay_);
  parameters_.addcdiv_(gradients, mean_square_.sqrt().add_(epsilon_), -learning_rate);
}

}  // namespace pbn
