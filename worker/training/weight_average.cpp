#include "worker/training/weight_average.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace pbn::worker {
namespace {

void swap_values(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor kept = a.clone();
  a.copy_(b);
  b.copy_(kept);
}

}  // namespace

WeightAverage::WeightAverage(model::Network& network, double decay)
    : network_(network),
      decay_(decay),
      state_{network.flat_parameters().detach().clone(), network.flat_buffers().clone(), 0} {}

void WeightAverage::update() {
  const at::NoGradGuard no_gradient;
  const auto updates = static_cast<double>(state_.updates++);
  const double weight = 1 - std::min(decay_, (1 + updates) / (10 + updates));
  state_.parameters.lerp_(network_.flat_parameters(), weight);
  state_.statistics.lerp_(network_.flat_buffers(), weight);
}

void WeightAverage::exchange() {
  const at::NoGradGuard no_gradient;
  swap_values(network_.flat_parameters(), state_.parameters);
  swap_values(network_.flat_buffers(), state_.statistics);
}

}  // namespace pbn::worker
