// Flat memory of parameters with and without gaps.
#include "model/parameters.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

namespace pbn::model {
namespace {

TEST(Parameters, WithGapsBeginAtMultiplesAndAreConvertedToValuesWithoutGapsAndBack) {
  Parameters parameters(1, /*uniform_gamma=*/true);
  const at::Tensor first = parameters.uniform("first", {2, 3, 1, 1}, 3), second = parameters.gamma("second", 5);
  parameters.pack(at::kFloat, at::kCPU, {.alignment = 8});
  EXPECT_EQ(second.storage_offset(), 8);
  EXPECT_EQ(parameters.flat_parameters.numel(), 16);
  const at::Tensor values = parameters.without_gaps(parameters.flat_parameters);
  EXPECT_EQ(values.numel(), 11);
  EXPECT_TRUE(at::equal(values.slice(0, 6), second.detach()));
  EXPECT_TRUE(at::equal(parameters.with_gaps(values), parameters.flat_parameters));
  EXPECT_TRUE(first.grad().is_alias_of(parameters.flat_gradients));
}

TEST(Parameters, WithoutGapsAreTheirOwnValues) {
  Parameters parameters(1, /*uniform_gamma=*/true);
  parameters.uniform("first", {2, 3, 1, 1}, 3);
  parameters.pack(at::kFloat, at::kCPU);
  EXPECT_TRUE(parameters.without_gaps(parameters.flat_parameters).is_same(parameters.flat_parameters));
}

TEST(Parameters, KeepRoundedCopiesThatAreMadeAgainAfterAChangeOfAnyKind) {
  Parameters parameters(1, /*uniform_gamma=*/true);
  const at::Tensor weight = parameters.uniform("weight", {2, 3, 1, 1}, 3), copy = parameters.rounded_copy();
  parameters.gamma("gamma", 2);
  parameters.pack(at::kFloat, at::kCPU, {.keeps_rounded = true});
  const at::NoGradGuard no_gradient;
  EXPECT_TRUE(at::equal(copy, weight.to(at::kBFloat16)));
  weight.add_(1);
  parameters.round_if_changed();
  EXPECT_TRUE(at::equal(copy, weight.to(at::kBFloat16)));
  parameters.flat_parameters.mul_(3);
  parameters.round_if_changed();
  EXPECT_TRUE(at::equal(copy, weight.to(at::kBFloat16)));
}

}  // namespace
}  // namespace pbn::model
