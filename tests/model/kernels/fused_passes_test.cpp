// Operations that save a pass over memory have the same results as separate ones: convolutions with an addend, biases
// that BatchNorm absorbs, and BatchNorm whose input has another reader.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "model/kernels/kernels.h"

namespace pbn::model {
namespace {

at::Tensor leaf(at::IntArrayRef sizes) {
  const at::Tensor x = at::randn(sizes, at::kFloat);
  return (sizes.size() == 4 ? x.contiguous(at::MemoryFormat::ChannelsLast) : x).set_requires_grad(true);
}

at::Tensor copy_of(const at::Tensor& x) { return x.detach().clone().set_requires_grad(true); }

TEST(FusedPasses, AConvolutionWithAnAddendIsTheSumOfBothAndDoesNotChangeTheAddend) {
  const at::Tensor x = leaf({2, 8, 4, 4}), weight = leaf({6, 8, 3, 3}), bias = leaf({6}), other = leaf({2, 6, 4, 4});
  const at::Tensor same = copy_of(other);
  const at::Tensor y = convolution(x, weight, bias, {.addend = other});
  EXPECT_TRUE(at::allclose(y, convolution(x, weight, bias) + other));
  EXPECT_TRUE(at::equal(other, same));
  y.square().sum().backward();
  EXPECT_TRUE(at::equal(other.grad(), 2 * y));
}

TEST(FusedPasses, ABiasThatBatchNormAbsorbsHasNoGradientAndTheOtherGradientsAreTheSame) {
  const auto gradients = [](bool absorbed) {
    at::manual_seed(5);
    const at::Tensor x = leaf({2, 8, 6, 6}), weight = leaf({6, 8, 3, 3}), bias = leaf({6});
    const BatchNormTensors norm{leaf({6}), leaf({6}), at::zeros({6}), at::ones({6})};
    const at::Tensor y = batch_norm_relu(convolution(x, weight, bias, {.bias_is_absorbed = absorbed}), norm, {});
    (y * at::arange(y.numel()).sin().view(y.sizes())).sum().backward();
    return std::vector{x.grad(), weight.grad(), bias.grad()};
  };
  const auto whole = gradients(false), absorbed = gradients(true);
  EXPECT_TRUE(at::equal(absorbed[0], whole[0]));
  EXPECT_TRUE(at::equal(absorbed[1], whole[1]));
  EXPECT_EQ(absorbed[2].abs().max().item<float>(), 0);
  EXPECT_LE(whole[2].abs().max().item<float>(), 1e-4 * whole[1].norm().item<float>());
}

// On a GPU these biases would otherwise walk at random: RMSProp makes steps of one length of the smallest gradients.
TEST(FusedPasses, ABiasThatBatchNormAbsorbsHasNoGradientOnADeviceWithoutOwnKernelsEither) {
  const Kernels& before = kernels_for(at::kCPU);
  use_kernels(at::kCPU, aten_kernels);
  const at::Tensor x = leaf({2, 8, 4, 4}), weight = leaf({6, 8, 3, 3}), bias = leaf({6});
  convolution(x, weight, bias, {.bias_is_absorbed = true}).square().sum().backward();
  use_kernels(at::kCPU, before);
  EXPECT_TRUE(weight.grad().defined());
  EXPECT_FALSE(bias.grad().defined());
}

TEST(FusedPasses, AnotherReaderOfBatchNormsInputAddsItsGradient) {
  const auto gradient = [](bool reads_returned_input) {
    at::manual_seed(6);
    const at::Tensor x = leaf({2, 6, 4, 4});
    const BatchNormTensors norm{leaf({6}), leaf({6}), at::zeros({6}), at::ones({6})};
    const auto [y, input] = batch_norm_relu_and_input(x, norm, {});
    (y.square().sum() + (reads_returned_input ? input : x).pow(3).sum()).backward();
    return x.grad();
  };
  EXPECT_TRUE(at::allclose(gradient(true), gradient(false), 1e-5, 1e-5));
}

}  // namespace
}  // namespace pbn::model
