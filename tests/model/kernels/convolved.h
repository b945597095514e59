// What tests of gradients of a convolution's parameters have in common.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <string>

#include "model/kernels/cpu/parameter_gradients.h"

namespace pbn::model {

struct Convolved {
  std::int64_t in, out, height, width, kernel;
};

// "3On64To32At9x7"
inline std::string name_of(const testing::TestParamInfo<Convolved>& tested) {
  const Convolved& one = tested.param;
  return std::to_string(one.kernel) + "On" + std::to_string(one.in) + "To" + std::to_string(one.out) + "At" +
         std::to_string(one.height) + "x" + std::to_string(one.width);
}

inline at::Tensor random_image(at::IntArrayRef sizes, at::ScalarType type = at::kFloat) {
  return at::randn(sizes).to(type).contiguous(at::MemoryFormat::ChannelsLast);
}

inline double relative_error(const at::Tensor& x, const at::Tensor& exact) {
  return (x - exact).norm().item<double>() / exact.norm().item<double>();
}

inline void expect_double_precision(const ParameterGradients& found, const at::Tensor& x, const at::Tensor& dy,
                                    const Convolved& shape, double weight_error, double bias_error) {
  const auto [in, out, height, width, kernel] = shape;
  const auto [dx, dw, db] =
      at::convolution_backward(dy.to(at::kDouble), x.to(at::kDouble), at::zeros({out, in, kernel, kernel}, at::kDouble),
                               {out}, {1, 1}, {kernel / 2, kernel / 2}, {1, 1}, false, {0, 0}, 1, {false, true, true});
  EXPECT_EQ(found.weight.scalar_type(), at::kFloat);
  EXPECT_EQ(found.weight.sizes(), dw.sizes());
  EXPECT_LE(relative_error(found.weight, dw), weight_error);
  EXPECT_LE(relative_error(found.bias, db), bias_error);
}

template <typename Compute>
void expect_same_bits_for_any_number_of_threads(const Compute& gradients) {
  const ParameterGradients one = gradients();
  const int threads = at::get_num_threads();
  for (const int several : {1, 2, 3}) {
    at::set_num_threads(several);
    const ParameterGradients found = gradients();
    EXPECT_TRUE(at::equal(found.weight, one.weight)) << several << " threads";
    EXPECT_TRUE(at::equal(found.bias, one.bias)) << several << " threads";
  }
  at::set_num_threads(threads);
}

}  // namespace pbn::model
