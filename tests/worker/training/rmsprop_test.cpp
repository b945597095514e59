#include "worker/training/rmsprop.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

namespace pbn::worker {
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

TEST(RmsProp, AGradientOfZeroChangesNoWeight) {
  const at::Tensor weights = at::full({3}, 1.0);
  RmsProp optimiser(weights, 0.99, 1e-8);
  optimiser.step(at::zeros({3}), 0.1);
  EXPECT_TRUE(at::equal(weights, at::full({3}, 1.0)));
}

at::Tensor number(double value) { return at::full({}, value, at::kDouble); }
at::Tensor figure(double value) { return at::full({1}, value, at::kDouble); }

// The operations for a GPU, on the CPU.
TEST(RmsProp, InSeparateOperationsAgreesToRounding) {
  const at::Tensor start = at::sin(at::arange(1000, at::kDouble)), weights = start.clone(), others = start.clone();
  RmsProp optimiser(weights, 0.99, 1e-8), by_operations(others, 0.99, 1e-8);
  for (int step = 1; step <= 3; ++step) {
    const at::Tensor gradient = at::cos(at::arange(1000, at::kDouble) * step);
    optimiser.step(gradient, 1e-2 / step);
    by_operations.step_by_operations(gradient, number(1e-2 / step), figure(1));
  }
  EXPECT_TRUE(at::allclose(weights, others, 1e-13, 1e-15));
  EXPECT_TRUE(at::allclose(optimiser.mean_square(), by_operations.mean_square(), 1e-13, 1e-15));
}

TEST(RmsProp, AnUnwantedStepChangesNothingForAnyGradient) {
  for (const bool by_operations : {false, true}) {
    const at::Tensor weights = at::full({3}, 1.0);
    RmsProp optimiser(weights, 0.99, 1e-8);
    optimiser.step(at::full({3}, 0.5), 0.1);
    const at::Tensor before = weights.clone(), mean_square = optimiser.mean_square().clone();
    const at::Tensor gradient = at::full({3}, std::nan(""));
    by_operations ? optimiser.step_by_operations(gradient, number(0.1), figure(std::nan("")))
                  : optimiser.step(gradient, number(0.1), figure(std::nan("")));
    EXPECT_TRUE(at::equal(weights, before));
    EXPECT_TRUE(at::equal(optimiser.mean_square(), mean_square));
  }
}

}  // namespace
}  // namespace pbn::worker
