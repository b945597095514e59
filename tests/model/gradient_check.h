// Compares gradients with finite differences in double precision, like torch.autograd.gradcheck in Python.
#pragma once

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace pbn::model {

// A loss that is not linear and whose gradient differs from element to element.
inline at::Tensor uneven_loss(const at::Tensor& y) {
  const at::Tensor exact = y.to(at::kDouble);
  const at::Tensor weights = at::arange(exact.numel(), at::kDouble).sin().view(exact.sizes());
  return (exact * weights).sum() + 0.3 * (exact * weights).square().sum();
}

// Compares the gradient of uneven_loss(function()) at each leaf (float64, requires_grad) with central differences along
// a few random directions. The step is so short that it seldom crosses a kink of ReLU or max-pooling: with about one
// set of random numbers in fifty, which is why seed_every_case.cpp fixes them. `tolerance` is relative to the norm of
// the leaf's gradient plus a tenth of the largest leaf's, since the gradient of a bias in front of BatchNorm is zero.
inline void expect_gradients_are_finite_differences(const std::function<at::Tensor()>& function,
                                                    const std::vector<at::Tensor>& leaves, double tolerance = 1e-6) {
  for (const at::Tensor& leaf : leaves) leaf.mutable_grad().reset();
  uneven_loss(function()).backward();
  const c10::NoGradGuard no_gradient;
  double largest = 0;
  for (const at::Tensor& leaf : leaves) largest = std::max(largest, leaf.grad().norm().item<double>());
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const double norm = leaves[i].grad().norm().item<double>();
    for (int direction = 0; direction < 3; ++direction) {
      const at::Tensor along = at::randn_like(leaves[i]);
      const double step = 1e-6 / along.norm().item<double>();
      const at::Tensor values = leaves[i].detach();
      values.add_(along, step);
      const double above = uneven_loss(function()).item<double>();
      values.add_(along, -2 * step);
      const double below = uneven_loss(function()).item<double>();
      values.add_(along, step);
      const double slope = (leaves[i].grad() * along).sum().item<double>();
      const double allowed = tolerance * (norm + 0.1 * largest) * along.norm().item<double>();
      EXPECT_NEAR((above - below) / (2 * step), slope, allowed) << "leaf " << i;
    }
  }
}

}  // namespace pbn::model
