// The gradients of each layer against finite differences in double precision, and convolutions in float32 and bfloat16
// against double precision.
#include "model/layers.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "gradient_check.h"
#include "model/head.h"
#include "model/heat_maps.h"
#include "model/kernels/operations.h"

namespace pbn::model {
namespace {

at::Tensor features(at::IntArrayRef sizes, at::ScalarType type = at::kDouble) {
  return at::randn(sizes, at::kDouble).to(type).contiguous(at::MemoryFormat::ChannelsLast).set_requires_grad(true);
}

// A layer in double precision whose parameters have no special values (beta = 0, gamma = 1).
template <typename Layer>
class Example {
 public:
  template <typename... Args>
  explicit Example(const Args&... args)
      : parameters_(3, /*uniform_gamma=*/true), layer_(parameters_, "layer", args...) {
    at::manual_seed(11);
    parameters_.pack(at::kDouble, at::kCPU);
    const c10::NoGradGuard no_gradient;
    parameters_.flat_parameters.add_(at::randn_like(parameters_.flat_parameters), 0.1);
    parameters_.flat_buffers.add_(at::rand_like(parameters_.flat_buffers));
  }

  const Layer& operator*() const { return layer_; }

  // The input and all parameters.
  std::vector<at::Tensor> leaves(const at::Tensor& x) const {
    std::vector<at::Tensor> all{x};
    for (const auto& [name, tensor] : parameters_.parameters) all.push_back(tensor);
    return all;
  }

 private:
  Parameters parameters_;
  Layer layer_;
};

TEST(GradientsOfLayers, ConvolutionsOfEveryKernel) {
  for (const int kernel : {1, 3, 5}) {
    const Example<Convolution> convolution(4, 6, kernel);
    const at::Tensor x = features({2, 4, 6, 8});
    expect_gradients_are_finite_differences([&] { return (*convolution)(x); }, convolution.leaves(x));
  }
}

TEST(GradientsOfLayers, BatchNormAndReluInTrainingSynchronisedOrNotAndInTesting) {
  const Example<BatchNormRelu> norm(5);
  const at::Tensor x = features({3, 5, 4, 6});
  const SumOverRanks of_one = [](at::Tensor&) {};
  for (const BatchNormOptions& options : {BatchNormOptions{}, BatchNormOptions{true, true, of_one}}) {
    expect_gradients_are_finite_differences([&] { return (*norm)(x, options); }, norm.leaves(x));
  }
  expect_gradients_are_finite_differences([&] { return (*norm)(x, {.training = false}); }, norm.leaves(x));
}

TEST(GradientsOfLayers, ResidualBlocksWithAndWithoutProjectionAndPreActivation) {
  const at::Tensor x = features({2, 8, 6, 6});
  for (const bool training : {true, false}) {
    const BatchNormOptions options{training};
    const Example<ResidualBlock> same(8, 8), wider(8, 16), first(8, 16, /*pre_activation=*/false);
    for (const auto* block : {&same, &wider, &first}) {
      expect_gradients_are_finite_differences([&] { return (**block)(x, options); }, block->leaves(x));
    }
  }
}

TEST(GradientsOfLayers, TheStemWithItsPooling) {
  const Example<Stem> stem(16);
  const at::Tensor images = features({2, 3, 32, 32});
  expect_gradients_are_finite_differences([&] { return (*stem)(images, {}); }, stem.leaves(images));
}

TEST(GradientsOfLayers, TheHourglassWithItsUpSampling) {
  const Example<Hourglass> hourglass(8, 2);
  const at::Tensor x = features({2, 8, 16, 16});
  expect_gradients_are_finite_differences([&] { return (*hourglass)(x, {}); }, hourglass.leaves(x), 1e-5);
}

TEST(GradientsOfLayers, HeadsWithOverlappingGroupsAndTheirSpecificFeatures) {
  config::ModelSpec spec;
  spec.features = 16;
  spec.width = 8;
  spec.parts = 4;
  spec.head = config::Head::pbn;
  spec.groups = {{0, 1, 2}, {1, 3}, {1, 2}};
  const Example<HeatMapHead> head(spec);
  const at::Tensor shared = features({2, 16, 4, 4});
  expect_gradients_are_finite_differences(
      [&] {
        const HeadOutput output = (*head)(shared, {});
        return at::cat({output.maps, output.specific}, 1);
      },
      head.leaves(shared));
}

TEST(GradientsOfLayers, TheLossWithPartsThatAreNotLabelled) {
  const at::Tensor maps = features({2, 3, 16, 16});
  at::Tensor labelled = at::ones({2, 3}, at::kByte);
  labelled[1][2] = 0;
  const Targets targets = make_targets(at::rand({2, 3, 2}, at::kDouble) * 64, labelled, 16, 1.75);
  expect_gradients_are_finite_differences(
      [&] {
        return heat_map_loss({maps, maps * 2}, targets, 7).view({1});
      },
      {maps});
  EXPECT_EQ(maps.grad()[1][2].abs().max().item<double>(), 0);
}

// Compares convolutions of this type with double precision; `unit` is the type's rounding error.
void expect_convolution_near_double(at::ScalarType type, double unit) {
  for (const auto& [in, out, kernel] : {std::tuple(32, 16, 1), std::tuple(16, 32, 3), std::tuple(3, 8, 3)}) {
    at::manual_seed(7);
    const at::Tensor x = features({2, in, 8, 8}, type);
    const at::Tensor weight = features({out, in, kernel, kernel}, at::kFloat);
    const at::Tensor bias = at::randn({out}).set_requires_grad(true);
    const at::Tensor upstream = at::randn({2, out, 8, 8}).to(type);
    const auto exact = [](const at::Tensor& tensor) { return tensor.detach().to(at::kDouble).set_requires_grad(true); };
    const at::Tensor rounded_weight = exact(weight.detach().to(type)), rounded_bias = exact(bias.detach().to(type));
    const at::Tensor exact_x = exact(x);

    const at::Tensor y = convolution(x, weight, bias);
    y.backward(upstream);
    const at::Tensor expected = at::conv2d(exact_x, rounded_weight, rounded_bias, 1, kernel / 2);
    expected.backward(upstream.to(at::kDouble));

    const auto expect_near = [&, kernel = kernel](const at::Tensor& actual, const at::Tensor& reference,
                                                  const char* what) {
      const double error = (actual.to(at::kDouble) - reference).norm().item<double>();
      EXPECT_LE(error, 2 * unit * reference.norm().item<double>()) << what << ", kernel " << kernel;
    };
    EXPECT_EQ(y.scalar_type(), type);
    EXPECT_EQ(weight.grad().scalar_type(), at::kFloat);
    expect_near(y.detach(), expected.detach(), "y");
    expect_near(x.grad(), exact_x.grad(), "gradient of x");
    expect_near(weight.grad(), rounded_weight.grad(), "gradient of the weight");
    expect_near(bias.grad(), rounded_bias.grad(), "gradient of the bias");
  }
}

TEST(Convolution, InFloat32AgreesWithDoublePrecisionForwardAndBackward) {
  expect_convolution_near_double(at::kFloat, 1e-6);
}

TEST(Convolution, InBfloat16RoundsOnlyItsInputsAndItsResults) {
  expect_convolution_near_double(at::kBFloat16, 1.0 / 256);
}

}  // namespace
}  // namespace pbn::model
