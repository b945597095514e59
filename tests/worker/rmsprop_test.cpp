#include "worker/training/rmsprop.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

namespace pbn {
namespace {

TEST(RmsProp, FollowsTorch7sFormulaWithTheMeanSquareStartingAtZero) {
  const at::Tensor weights = at::full({1}, 2.0, at::kDouble);
  const at::Tensor gradient = at::full({1}, 0.5, at::kDouble);
  RmsProp optimiser(weights, 0.99, 1e-8);

  optimiser.step(gradient, 1e-2);
  const double first = 0.01 * 0.25;
  double expected = 2.0 - 1e-2 * 0.5 / (std::sqrt(first) + 1e-8);
  EXPECT_NEAR(weights.item<double>(), expected, 1e-15);

  optimiser.step(gradient, 1e-2);
  const double second = 0.99 * first + 0.01 * 0.25;
  expected -= 1e-2 * 0.5 / (std::sqrt(second) + 1e-8);
  EXPECT_NEAR(weights.item<double>(), expected, 1e-15);
}

TEST(RmsProp, AGradientOfZeroMovesNothing) {
  const at::Tensor weights = at::full({3}, 1.0);
  RmsProp optimiser(weights, 0.99, 1e-8);
  optimiser.step(at::zeros({3}), 0.1);
  EXPECT_TRUE(at::equal(weights, at::full({3}, 1.0)));
}

}  // namespace
}  // namespace pbn
