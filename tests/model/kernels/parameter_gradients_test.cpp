// parameter_gradients() in bfloat16 against double precision.
#include "model/kernels/cpu/parameter_gradients.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

namespace pbn::model {
namespace {

struct Convolved {
  std::int64_t in, out, height, width, kernel;
};

at::Tensor bfloat16(at::IntArrayRef sizes) {
  return at::randn(sizes).to(at::kBFloat16).contiguous(at::MemoryFormat::ChannelsLast);
}

class ParameterGradientsOf : public testing::TestWithParam<Convolved> {
 protected:
  void SetUp() override {
    if (!supports_parameter_gradients(x_, GetParam().kernel))
      GTEST_SKIP() << "the processor has no AVX512-BF16, or has AMX too";
  }

  at::Tensor x_ = bfloat16({3, GetParam().in, GetParam().height, GetParam().width});
  at::Tensor dy_ = bfloat16({3, GetParam().out, GetParam().height, GetParam().width});
};

TEST_P(ParameterGradientsOf, AgreeWithDoublePrecisionToTheRoundingOfSums) {
  const auto [in, out, height, width, kernel] = GetParam();
  const auto [dx, dw, db] = at::convolution_backward(
      dy_.to(at::kDouble), x_.to(at::kDouble), at::zeros({out, in, kernel, kernel}, at::kDouble), {out}, {1, 1},
      {kernel / 2, kernel / 2}, {1, 1}, false, {0, 0}, 1, {false, true, true});
  const ParameterGradients gradients = parameter_gradients(x_, dy_, kernel, /*with_bias=*/true);
  EXPECT_EQ(gradients.weight.scalar_type(), at::kFloat);
  EXPECT_LE((gradients.weight - dw).norm().item<double>(), 1e-5 * dw.norm().item<double>());
  EXPECT_LE((gradients.bias - db).norm().item<double>(), 1e-5 * db.norm().item<double>());
}

TEST_P(ParameterGradientsOf, HaveTheSameBitsForAnyNumberOfThreads) {
  const ParameterGradients one = parameter_gradients(x_, dy_, GetParam().kernel, /*with_bias=*/true);
  const int threads = at::get_num_threads();
  for (const int several : {1, 2, 3}) {
    at::set_num_threads(several);
    const ParameterGradients gradients = parameter_gradients(x_, dy_, GetParam().kernel, /*with_bias=*/true);
    EXPECT_TRUE(at::equal(gradients.weight, one.weight)) << several << " threads";
    EXPECT_TRUE(at::equal(gradients.bias, one.bias)) << several << " threads";
  }
  at::set_num_threads(threads);
}

// Whole and partial packs of channels, even and odd widths, one row and many, rows longer than one block of pairs.
INSTANTIATE_TEST_SUITE_P(OfKernel, ParameterGradientsOf,
                         testing::Values(Convolved{64, 32, 64, 64, 1}, Convolved{32, 16, 4, 4, 1},
                                         Convolved{50, 33, 5, 7, 1}, Convolved{128, 64, 32, 32, 3},
                                         Convolved{48, 40, 9, 7, 3}, Convolved{33, 8, 1, 6, 3},
                                         Convolved{32, 9, 3, 600, 3}, Convolved{40, 70, 4, 1, 3}),
                         [](const auto& tested) {
                           const Convolved& one = tested.param;
                           return std::to_string(one.kernel) + "On" + std::to_string(one.in) + "To" +
                                  std::to_string(one.out) + "At" + std::to_string(one.height) + "x" +
                                  std::to_string(one.width);
                         });

}  // namespace
}  // namespace pbn::model
