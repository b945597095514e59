// avx2_parameter_gradients() against double precision, and its place in a convolution.
#include "model/kernels/cpu/avx2_parameter_gradients.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "model/kernels/cpu/cpu_kernels.h"

namespace pbn::model {
namespace {

at::Tensor random_image(at::IntArrayRef sizes) { return at::randn(sizes).contiguous(at::MemoryFormat::ChannelsLast); }

double relative_error(const at::Tensor& x, const at::Tensor& exact) {
  return (x - exact).norm().item<double>() / exact.norm().item<double>();
}

struct ConvolvedInFloat32 {
  std::int64_t in, out, height, width, kernel;
};

class Avx2ParameterGradientsOf : public testing::TestWithParam<ConvolvedInFloat32> {
 protected:
  void SetUp() override {
    if (!supports_avx2_parameter_gradients(x_)) GTEST_SKIP() << "the processor has no AVX2";
  }

  ParameterGradients gradients() const { return avx2_parameter_gradients(x_, dy_, GetParam().kernel, true); }

  at::Tensor x_ = random_image({3, GetParam().in, GetParam().height, GetParam().width});
  at::Tensor dy_ = random_image({3, GetParam().out, GetParam().height, GetParam().width});
};

TEST_P(Avx2ParameterGradientsOf, AgreeWithDoublePrecisionToTheRoundingOfSums) {
  const auto [in, out, height, width, kernel] = GetParam();
  const auto [dx, dw, db] = at::convolution_backward(
      dy_.to(at::kDouble), x_.to(at::kDouble), at::zeros({out, in, kernel, kernel}, at::kDouble), {out}, {1, 1},
      {kernel / 2, kernel / 2}, {1, 1}, false, {0, 0}, 1, {false, true, true});
  const ParameterGradients found = gradients();
  EXPECT_EQ(found.weight.sizes(), dw.sizes());
  EXPECT_LE(relative_error(found.weight, dw), 1e-6);
  EXPECT_LE(relative_error(found.bias, db), 1e-5);
  EXPECT_FALSE(avx2_parameter_gradients(x_, dy_, kernel, /*with_bias=*/false).bias.defined());
}

TEST_P(Avx2ParameterGradientsOf, HaveTheSameBitsForAnyNumberOfThreads) {
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

// Whole and partial packs of channels, one block of rows and several, rows longer than a block, images smaller than the
// kernel, and pictures of three channels.
INSTANTIATE_TEST_SUITE_P(OfKernel, Avx2ParameterGradientsOf,
                         testing::Values(ConvolvedInFloat32{32, 18, 4, 4, 1}, ConvolvedInFloat32{50, 33, 5, 90, 1},
                                         ConvolvedInFloat32{128, 64, 32, 32, 3}, ConvolvedInFloat32{48, 40, 9, 7, 3},
                                         ConvolvedInFloat32{33, 8, 1, 6, 3}, ConvolvedInFloat32{16, 9, 3, 600, 3},
                                         ConvolvedInFloat32{40, 70, 4, 1, 3}, ConvolvedInFloat32{3, 64, 20, 16, 3},
                                         ConvolvedInFloat32{1, 1, 2, 2, 3}, ConvolvedInFloat32{5, 7, 6, 5, 5}),
                         [](const auto& tested) {
                           const ConvolvedInFloat32& one = tested.param;
                           return std::to_string(one.kernel) + "On" + std::to_string(one.in) + "To" +
                                  std::to_string(one.out) + "At" + std::to_string(one.height) + "x" +
                                  std::to_string(one.width);
                         });

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
