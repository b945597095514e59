// avx2_parameter_gradients() against double precision, and its place in a convolution.
#include "model/kernels/cpu/avx2_parameter_gradients.h"

#include "convolved.h"
#include "model/kernels/cpu/cpu_kernels.h"

namespace pbn::model {
namespace {

class Avx2ParameterGradientsOf : public testing::TestWithParam<Convolved> {
 protected:
  void SetUp() override {
    if (!supports_avx2_parameter_gradients(x_)) GTEST_SKIP() << "the processor has no AVX2";
  }

  ParameterGradients gradients(bool with_bias = true) const {
    return avx2_parameter_gradients(x_, dy_, GetParam().kernel, with_bias);
  }

  at::Tensor x_ = random_image({3, GetParam().in, GetParam().height, GetParam().width});
  at::Tensor dy_ = random_image({3, GetParam().out, GetParam().height, GetParam().width});
};

TEST_P(Avx2ParameterGradientsOf, AgreeWithDoublePrecisionToTheRoundingOfSums) {
  expect_double_precision(gradients(), x_, dy_, GetParam(), 1e-6, 1e-5);
  EXPECT_FALSE(gradients(/*with_bias=*/false).bias.defined());
}

TEST_P(Avx2ParameterGradientsOf, HaveTheSameBitsForAnyNumberOfThreads) {
  expect_same_bits_for_any_number_of_threads([&] { return gradients(); });
}

// Whole and partial packs of channels, one block of rows and several, rows longer than a block, images smaller than the
// kernel, and pictures of three channels.
INSTANTIATE_TEST_SUITE_P(OfKernel, Avx2ParameterGradientsOf,
                         testing::Values(Convolved{32, 18, 4, 4, 1}, Convolved{50, 33, 5, 90, 1},
                                         Convolved{128, 64, 32, 32, 3}, Convolved{48, 40, 9, 7, 3},
                                         Convolved{33, 8, 1, 6, 3}, Convolved{16, 9, 3, 600, 3},
                                         Convolved{40, 70, 4, 1, 3}, Convolved{3, 64, 20, 16, 3},
                                         Convolved{1, 1, 2, 2, 3}, Convolved{5, 7, 6, 5, 5}),
                         name_of);

struct Gradients {
  at::Tensor x, weight, bias;
};

Gradients gradients_of_convolution(std::int64_t kernel, const Kernels& kernels) {
  at::manual_seed(1);
  const at::Tensor x = random_image({2, 32, 12, 12}).requires_grad_();
  const at::Tensor weight = random_image({48, 32, kernel, kernel}).requires_grad_();
  const at::Tensor bias = at::randn({48}).requires_grad_();
  const Kernels& before = kernels_for(at::kCPU);
  use_kernels(at::kCPU, kernels);
  const at::Tensor y = convolution(x, weight, bias);
  y.backward(at::randn(y.sizes()).contiguous(at::MemoryFormat::ChannelsLast));
  use_kernels(at::kCPU, before);
  return {x.grad(), weight.grad(), bias.grad()};
}

TEST(KernelsWithAvx2, HaveGradientsOf3x3WeightsOfTheirOwnAndNothingElse) {
  if (!supports_avx2_parameter_gradients(at::zeros({1}))) GTEST_SKIP() << "the processor has no AVX2";
  const Gradients one_dnn = gradients_of_convolution(3, cpu_kernels());
  const Gradients own = gradients_of_convolution(3, cpu_kernels_with_avx2());
  EXPECT_TRUE(at::equal(own.x, one_dnn.x));
  EXPECT_FALSE(at::equal(own.weight, one_dnn.weight));
  EXPECT_LE(relative_error(own.weight, one_dnn.weight), 1e-6);
  EXPECT_LE(relative_error(own.bias, one_dnn.bias), 1e-6);

  const Gradients one_dnn_1x1 = gradients_of_convolution(1, cpu_kernels());
  const Gradients own_1x1 = gradients_of_convolution(1, cpu_kernels_with_avx2());
  EXPECT_TRUE(at::equal(own_1x1.x, one_dnn_1x1.x));
  EXPECT_TRUE(at::equal(own_1x1.weight, one_dnn_1x1.weight));
  EXPECT_TRUE(at::equal(own_1x1.bias, one_dnn_1x1.bias));
}

}  // namespace
}  // namespace pbn::model
