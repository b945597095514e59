// parameter_gradients() in bfloat16 against double precision.
#include "model/kernels/cpu/parameter_gradients.h"

#include "convolved.h"

namespace pbn::model {
namespace {

class ParameterGradientsOf : public testing::TestWithParam<Convolved> {
 protected:
  void SetUp() override {
    if (!supports_parameter_gradients(x_, GetParam().kernel))
      GTEST_SKIP() << "the processor has no AVX512-BF16, or has AMX too";
  }

  ParameterGradients gradients() const { return parameter_gradients(x_, dy_, GetParam().kernel, /*with_bias=*/true); }

  at::Tensor x_ = random_image({3, GetParam().in, GetParam().height, GetParam().width}, at::kBFloat16);
  at::Tensor dy_ = random_image({3, GetParam().out, GetParam().height, GetParam().width}, at::kBFloat16);
};

TEST_P(ParameterGradientsOf, AgreeWithDoublePrecisionToTheRoundingOfSums) {
  expect_double_precision(gradients(), x_, dy_, GetParam(), 1e-5, 1e-5);
}

TEST_P(ParameterGradientsOf, HaveTheSameBitsForAnyNumberOfThreads) {
  expect_same_bits_for_any_number_of_threads([&] { return gradients(); });
}

// Whole and partial packs of channels, even and odd widths, one row and many, rows longer than one block of pairs.
INSTANTIATE_TEST_SUITE_P(OfKernel, ParameterGradientsOf,
                         testing::Values(Convolved{64, 32, 64, 64, 1}, Convolved{32, 16, 4, 4, 1},
                                         Convolved{50, 33, 5, 7, 1}, Convolved{128, 64, 32, 32, 3},
                                         Convolved{48, 40, 9, 7, 3}, Convolved{33, 8, 1, 6, 3},
                                         Convolved{32, 9, 3, 600, 3}, Convolved{40, 70, 4, 1, 3}),
                         name_of);

}  // namespace
}  // namespace pbn::model
