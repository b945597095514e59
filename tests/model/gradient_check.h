// Gradients against finite differences in double precision: what torch.autograd.gradcheck does in Python.
#pragma once

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace pbn {

// A loss in which no element's gradient is like another's, and that is not linear in them.
inline at::Tensor uneven_loss(const at::Tensor& y) {
  const at::Tensor exact = y.to(at::kDouble);
  const at::Tensor weights = at::arange(exact.numel(), at::kDouble).sin().view(exact.sizes());
  return (exact * weights).sum() + 0.3 * (exact * weights).square().sum();
}

// Compares the gradient of uneven_loss(function()) at each leaf (float64, requires_grad) with central differences along
// a few random directions. The step is so short that it seldom passes a kink of ReLU or max-pooling (with about one set
// of random numbers in fifty: seed_every_case.cpp fixes them); what it leaves of rounding is below `tolerance`,
// relative to the gradient's norm. Where that vanishes, as for a bias in front of BatchNorm, a tenth of the largest
// leaf's counts.
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

}  // namespace pbn
