// Halving and doubling features agree with LibTorch's pooling and up-sampling, forward and backward.
#include "model/kernels/operations.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace pbn::model {
namespace {

// Few different values, so that many elements are equal.
at::Tensor whole_numbers(at::ScalarType type, std::int64_t height, std::int64_t width) {
  const at::Tensor x = at::randint(-3, 4, {2, 21, height, width}, at::kDouble).to(type);
  return x.contiguous(at::MemoryFormat::ChannelsLast).set_requires_grad(true);
}

// A loss whose gradient differs from element to element.
at::Tensor uneven_square(const at::Tensor& x) {
  return (x.to(at::kDouble) * at::arange(x.numel(), at::kDouble).sin().view(x.sizes())).square().sum();
}

class OfType : public testing::TestWithParam<at::ScalarType> {};

INSTANTIATE_TEST_SUITE_P(Resampling, OfType, testing::Values(at::kFloat, at::kBFloat16, at::kDouble),
                         [](const auto& type) { return std::string(toString(type.param)); });

TEST_P(OfType, HalvingIsMaxPooling) {
  const at::Tensor x = whole_numbers(GetParam(), 6, 8), same = x.detach().clone().set_requires_grad(true);
  const at::Tensor y = halved(x), expected = at::max_pool2d(same, {2, 2}, {2, 2});
  uneven_square(y).backward();
  uneven_square(expected).backward();
  EXPECT_TRUE(at::equal(y, expected));
  EXPECT_TRUE(at::equal(x.grad(), same.grad()));
}

TEST_P(OfType, AnotherReaderOfTheInputAddsItsGradient) {
  const at::Tensor x = whole_numbers(GetParam(), 4, 4), same = x.detach().to(at::kDouble).set_requires_grad(true);
  const auto [half, input] = halved_and_input(x);
  EXPECT_TRUE(at::equal(input, x));
  (uneven_square(half) + uneven_square(input)).backward();
  (uneven_square(at::max_pool2d(same, {2, 2}, {2, 2})) + uneven_square(same)).backward();
  EXPECT_TRUE(at::allclose(x.grad().to(at::kDouble), same.grad(), 1e-2, 1e-6));
}

TEST_P(OfType, DoublingIsNearestUpSamplingAndASum) {
  const at::Tensor fine = whole_numbers(GetParam(), 6, 8), same_fine = fine.detach().clone().set_requires_grad(true);
  const at::Tensor coarse = whole_numbers(GetParam(), 3, 4),
                   same_coarse = coarse.detach().clone().set_requires_grad(true);
  const at::Tensor y = plus_doubled(fine, coarse);
  const at::Tensor expected = same_fine + at::upsample_nearest2d(same_coarse, {6, 8});
  uneven_square(y).backward();
  uneven_square(expected).backward();
  EXPECT_TRUE(at::equal(y, expected));
  EXPECT_TRUE(at::equal(fine.grad(), same_fine.grad()));
  EXPECT_TRUE(at::allclose(coarse.grad().to(at::kDouble), same_coarse.grad().to(at::kDouble), 1e-2, 1e-6));
}

TEST(Resampling, HalvingKeepsNaN) {
  for (int place = 0; place < 4; ++place) {
    at::Tensor x = at::ones({1, 1, 2, 2});
    x.view({4})[place] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_TRUE(halved(x).isnan().item<bool>()) << place;
  }
}

}  // namespace
}  // namespace pbn::model
