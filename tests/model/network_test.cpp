// The network: its number of parameters, its memory, its initial weights and its gradient.
#include "model/network.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <ATen/record_function.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string_view>

#include "base/error.h"
#include "model/heat_maps.h"

namespace pbn::model {
namespace {

using ::testing::ElementsAre;

config::ModelSpec mpii_network(config::Head head, int stacks, const char* groups = "related-5") {
  config::ModelSpec spec;
  spec.head = head;
  spec.stacks = stacks;
  if (head == config::Head::pbn) spec.groups = config::resolve_groups(groups, config::mpii16());
  return spec;
}

config::ModelSpec small_network(config::Head head, int stacks = 1) {
  config::ModelSpec spec = mpii_network(head, stacks);
  spec.features = 16;
  spec.width = 8;
  return spec;
}

std::int64_t built_parameters(const config::ModelSpec& spec) { return Network(spec, {}).flat_parameters().numel(); }

at::Tensor random_images(const Network& network, int people, int side) {
  const at::Tensor pixels = at::randint(0, 256, {people, side, side, 3}, at::kByte);
  return normalised_images(pixels, network.activation_type());
}

at::Tensor network_loss(Network& network, const at::Tensor& images, const Targets& targets) {
  const std::vector<at::Tensor> maps = network.forward(images);
  return heat_map_loss(maps, targets, mean_squared_error_denominator(images.size(0), 16, maps[0].size(3)));
}

Targets random_targets(int people, int side, at::ScalarType type = at::kFloat) {
  return make_targets(at::rand({people, 16, 2}, type) * side, at::ones({people, 16}, at::kByte), side / 4, 1.75);
}

// The types of the maps whose means over groups `action` computes, by the network's only convolutions without a bias.
std::vector<at::ScalarType> types_of_means(const std::function<void()>& action) {
  static std::vector<at::ScalarType> types;
  types.clear();
  const auto note = [](const at::RecordFunction& function) -> std::unique_ptr<at::ObserverContext> {
    if (std::string_view(function.name()) == "aten::conv2d" && !function.inputs()[2].isTensor()) {
      types.push_back(function.inputs()[0].toTensor().scalar_type());
    }
    return nullptr;
  };
  const at::CallbackHandle handle = at::addThreadLocalCallback(
      at::RecordFunctionCallback(note).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
  action();
  at::removeCallback(handle);
  return types;
}

TEST(Network, HasExactlyTheParametersOfThePapersTables) {
  EXPECT_EQ(built_parameters(mpii_network(config::Head::plain, 1)), 3'493'136);
  EXPECT_EQ(built_parameters(mpii_network(config::Head::pbn, 1)), 3'641'424);
  EXPECT_EQ(built_parameters(mpii_network(config::Head::deep, 1)), 3'707'664);
}

TEST(Network, ThreeStacksHaveExactlyThePapersParametersInEveryAblation) {
  EXPECT_EQ(built_parameters(mpii_network(config::Head::plain, 3)), 9'781'040);
  EXPECT_EQ(built_parameters(mpii_network(config::Head::pbn, 3, "related-2")), 9'953'456);
  EXPECT_EQ(built_parameters(mpii_network(config::Head::pbn, 3, "related-16")), 11'224'880);
  EXPECT_EQ(built_parameters(mpii_network(config::Head::pbn, 3, "body-6")), 10'316'720);
}

TEST(Network, EightStacksHaveThePapers26Point69MillionParameters) {
  EXPECT_EQ(built_parameters(mpii_network(config::Head::pbn, 8)), 26'687'104);
}

TEST(Network, EveryCombinationOfHeadFusionDepthAndWidthAgreesWithTheClosedForm) {
  for (const config::Fusion fusion : {config::Fusion::shared, config::Fusion::specific}) {
    for (const int depth : {1, 2}) {
      for (const int width : {8, 12}) {
        config::ModelSpec spec = small_network(config::Head::pbn, 2);
        spec.fusion = fusion;
        spec.depth = depth;
        spec.width = width;
        EXPECT_EQ(built_parameters(spec), config::count_parameters(spec));
      }
    }
  }
}

TEST(Network, ReturnsOneSetOfMapsPerStackAtAQuarterOfTheSide) {
  for (const config::Head head : {config::Head::plain, config::Head::deep, config::Head::pbn}) {
    config::ModelSpec spec = small_network(head, 2);
    spec.fusion = config::Fusion::specific;
    Network network(spec, {});
    for (const int side : {64, 192}) {
      const std::vector<at::Tensor> maps = network.forward(random_images(network, 2, side));
      ASSERT_EQ(maps.size(), 2u);
      for (const at::Tensor& stack : maps) {
        EXPECT_THAT(stack.sizes(), ElementsAre(2, 16, side / 4, side / 4));
        EXPECT_TRUE(stack.isfinite().all().item<bool>());
      }
    }
  }
}

TEST(Network, RefusesASideThatIsNotAMultipleOf64) {
  Network network(small_network(config::Head::plain), {});
  EXPECT_THROW(network.forward(random_images(network, 1, 96)), Error);
}

TEST(Network, RefusesGroupsWithoutOneOfTheParts) {
  config::ModelSpec spec = small_network(config::Head::pbn);
  spec.groups.pop_back();
  EXPECT_THROW(Network(spec, {}), Error);
}

TEST(Network, APartOfSeveralGroupsGetsTheMeanOfItsMaps) {
  config::ModelSpec one = small_network(config::Head::pbn);
  one.groups = config::resolve_groups("all", config::mpii16());
  config::ModelSpec two = one;
  two.groups.push_back({3, 5});
  Network single(one, {}), overlapping(two, {});
  single.train(false);
  overlapping.train(false);
  const c10::NoGradGuard no_gradient;
  const at::Tensor images = random_images(single, 1, 64);
  const at::Tensor alone = single.forward(images)[0];
  for (const auto& [name, tensor] : overlapping.parameters()) {
    if (name.starts_with("stack0.head.branch1.conv")) tensor.zero_();  // the maps of the second group are 0
  }
  const at::Tensor shared = overlapping.forward(images)[0];
  for (int part = 0; part < 16; ++part) {
    const double factor = part == 3 || part == 5 ? 0.5 : 1;
    EXPECT_TRUE(at::allclose(shared.select(1, part), alone.select(1, part) * factor, 1e-5, 1e-7)) << part;
  }
}

TEST(Network, StartsFromTheSameTrunkWithEveryHeadAndFromAnotherWithAnotherSeed) {
  const Network plain(small_network(config::Head::plain, 2), {.seed = 7});
  const Network branched(small_network(config::Head::pbn, 2), {.seed = 7});
  const Network reseeded(small_network(config::Head::plain, 2), {.seed = 8});
  int compared = 0;
  for (const auto& [name, tensor] : plain.parameters()) {
    for (const auto& [other_name, other] : branched.parameters()) {
      if (name != other_name) continue;
      EXPECT_TRUE(at::equal(tensor, other)) << name;
      ++compared;
    }
  }
  EXPECT_EQ(static_cast<std::size_t>(compared),
            plain.parameters().size() - 2 * 2);  // all but the two convolutions of its heads
  EXPECT_FALSE(at::equal(plain.parameters()[0].tensor, reseeded.parameters()[0].tensor));
}

TEST(Network, ConvolutionsStartUniformlyWithinOneOverTheRootOfTheirFanIn) {
  const Network network(mpii_network(config::Head::plain, 1), {});
  for (const auto& [name, tensor] : network.parameters()) {
    if (name != "stack0.residual.conv2.weight") continue;
    const double bound = 1 / std::sqrt(128 * 9.0);
    EXPECT_LE(tensor.abs().max().item<double>(), bound);
    EXPECT_NEAR(tensor.std().item<double>(), bound / std::sqrt(3.0), 0.01 * bound);
    EXPECT_NEAR(tensor.mean().item<double>(), 0, 0.01 * bound);
  }
}

TEST(Network, Torch7sGammaStartsUniformlyBetween0And1) {
  config::ModelSpec spec = small_network(config::Head::plain);
  spec.uniform_gamma = true;
  const Network network(spec, {});
  for (const auto& [name, tensor] : network.parameters()) {
    if (name != "stack0.lin.norm.weight") continue;
    EXPECT_GE(tensor.min().item<double>(), 0);
    EXPECT_LT(tensor.max().item<double>(), 1);
    EXPECT_GT(tensor.std().item<double>(), 0.1);
  }
}

TEST(Network, ParametersAndGradientsAreViewsOfOneBufferEachEvenAfterTwoBackwardPasses) {
  for (const config::Precision precision : {config::Precision::fp32, config::Precision::bf16}) {
    Network network(small_network(config::Head::pbn, 2), {.precision = precision});
    const at::Tensor images = random_images(network, 2, 64);
    const Targets targets = random_targets(2, 64);
    network_loss(network, images, targets).backward();
    const at::Tensor once = network.flat_gradients().clone();
    network_loss(network, images, targets).backward();
    EXPECT_TRUE(at::allclose(network.flat_gradients(), once * 2, 1e-5, 1e-9));

    std::int64_t offset = 0;
    for (const auto& [name, tensor] : network.parameters()) {
      EXPECT_EQ(tensor.storage_offset(), offset) << name;
      EXPECT_TRUE(tensor.is_alias_of(network.flat_parameters())) << name;
      EXPECT_TRUE(tensor.grad().is_alias_of(network.flat_gradients())) << name;
      EXPECT_EQ(tensor.grad().storage_offset(), offset) << name;
      EXPECT_EQ(tensor.grad().strides(), tensor.strides()) << name;
      if (name.ends_with(".weight")) {  // a bias in front of BatchNorm has no effect
        EXPECT_GT(tensor.grad().abs().max().item<double>(), 0) << name;
      }
      offset += tensor.numel();
    }
    EXPECT_EQ(offset, config::count_parameters(network.spec()));
  }
}

TEST(Network, GradientsInDoublePrecisionAreTheFiniteDifferencesOfTheLoss) {
  for (const bool synchronised : {false, true}) {
    config::ModelSpec spec = small_network(config::Head::pbn, 2);
    spec.fusion = config::Fusion::specific;
    spec.synchronised_batch_norm = synchronised;
    Network network(spec, {.precision = config::Precision::fp64});
    at::manual_seed(1);
    const at::Tensor images = random_images(network, 2, 64);
    const Targets targets = random_targets(2, 64, at::kDouble);
    const auto loss = [&] { return network_loss(network, images, targets); };
    loss().backward();

    // Along each tensor's own gradient. The step is too short to cross a kink of ReLU or max-pooling.
    const c10::NoGradGuard no_gradient;
    const double step = 1e-8;
    for (const char* name : {"stem.conv1.conv.weight", "stack1.head.branch1.conv.bias", "stem.residual2.norm1.weight",
                             "stack0.hourglass.level1.lowest.conv2.weight", "stack0.head.branch1.conv.weight",
                             "stack0.fusion.features.weight", "stack1.lin.norm.bias"}) {
      const auto found = std::find_if(network.parameters().begin(), network.parameters().end(),
                                      [&](const NamedTensor& named) { return named.name == name; });
      ASSERT_NE(found, network.parameters().end()) << name;
      const at::Tensor gradient = found->tensor.grad(), values = found->tensor.detach();
      const at::Tensor direction = gradient / gradient.norm();
      values.add_(direction, step);
      const double above = loss().item<double>();
      values.sub_(direction, 2 * step);
      const double below = loss().item<double>();
      values.add_(direction, step);
      const double slope = gradient.norm().item<double>();
      EXPECT_NEAR((above - below) / (2 * step), slope, 1e-5 * slope) << name;
    }
  }
}

TEST(Network, Bfloat16StaysNearFloat32AndReturnsFloat32) {
  Network exact(small_network(config::Head::pbn), {}),
      rounded(small_network(config::Head::pbn), {.precision = config::Precision::bf16});
  exact.train(false);
  rounded.train(false);
  const at::Tensor images = random_images(exact, 2, 64);
  const at::Tensor expected = exact.forward(images)[0];
  const at::Tensor maps = rounded.forward(images)[0];
  EXPECT_EQ(maps.scalar_type(), at::kFloat);
  EXPECT_EQ(rounded.flat_parameters().scalar_type(), at::kFloat);
  EXPECT_LT((maps - expected).norm().item<double>(), 0.05 * expected.norm().item<double>());
}

// On a GPU, float32 products would be rounded to ten bits, a third in a mean over three groups among them.
TEST(Network, Tf32IsFloat32WithMeansOverGroupsInFloat64) {
  Network single(small_network(config::Head::pbn, 2), {}),
      rounded(small_network(config::Head::pbn, 2), {.precision = config::Precision::tf32});
  EXPECT_EQ(rounded.activation_type(), at::kFloat);
  EXPECT_EQ(rounded.flat_parameters().scalar_type(), at::kFloat);
  const at::Tensor images = random_images(single, 2, 64);
  const at::Tensor expected = single.forward(images)[1], maps = rounded.forward(images)[1];
  EXPECT_EQ(maps.scalar_type(), at::kFloat);
  EXPECT_LT((maps - expected).norm().item<double>(), 1e-4 * expected.norm().item<double>());
  EXPECT_THAT(types_of_means([&] { rounded.forward(images); }), testing::ElementsAre(at::kDouble, at::kDouble));
  EXPECT_THAT(types_of_means([&] { single.forward(images); }), testing::ElementsAre(at::kFloat, at::kFloat));
}

TEST(Network, APersonsMapsDoNotDependOnTheRestOfTheBatchInTesting) {
  for (const config::Precision precision : {config::Precision::fp32, config::Precision::bf16}) {
    Network network(small_network(config::Head::pbn), {.precision = precision});
    network.train(false);
    const c10::NoGradGuard no_gradient;
    const at::Tensor images = random_images(network, 4, 64);
    const at::Tensor together = network.forward(images)[0];
    const at::Tensor reversed = network.forward(images.flip(0).contiguous(at::MemoryFormat::ChannelsLast))[0];
    EXPECT_TRUE(at::equal(together, reversed.flip(0)));
  }
}

TEST(Network, TestingUsesTheRunningStatisticsThatTrainingUpdated) {
  Network network(small_network(config::Head::plain), {});
  const at::Tensor images = random_images(network, 2, 64);
  const c10::NoGradGuard no_gradient;
  const at::Tensor fresh = network.flat_buffers().clone();
  network.forward(images);
  const at::Tensor moved = network.flat_buffers().clone();
  EXPECT_FALSE(at::equal(fresh, moved));
  network.train(false);
  network.forward(images);
  EXPECT_TRUE(at::equal(moved, network.flat_buffers()));
}

}  // namespace
}  // namespace pbn::model
