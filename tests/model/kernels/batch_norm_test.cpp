// BatchNorm with ReLU agrees with LibTorch's, and several ranks agree with one rank that has the whole batch.
#include "model/kernels/kernels.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/model/gradient_check.h"
#include "tests/model/kernels/thread_ranks.h"

namespace pbn::model {
namespace {

struct Layer {
  explicit Layer(at::ScalarType type) {
    at::manual_seed(3);
    gamma = at::rand({5}, type).set_requires_grad(true);
    beta = at::randn({5}, type).set_requires_grad(true);
    mean = at::zeros({5}, type);
    variance = at::ones({5}, type);
  }
  at::Tensor operator()(const at::Tensor& x, const SumOverRanks& sum = {}) const {
    return batch_norm_relu(x, {gamma, beta, mean, variance}, {.synchronised = true, .sum_over_ranks = sum});
  }
  at::Tensor gamma, beta, mean, variance;
};

at::Tensor images(int people, at::ScalarType type) {
  at::manual_seed(4);
  const at::Tensor x = (at::randn({people, 5, 6, 7}, at::kDouble) * 3 + 2).to(type);
  return x.contiguous(at::MemoryFormat::ChannelsLast).set_requires_grad(true);
}

void expect_near(const at::Tensor& actual, const at::Tensor& expected, double tolerance, const char* what) {
  const double difference = (actual.to(at::kDouble) - expected.to(at::kDouble)).norm().item<double>();
  EXPECT_LE(difference, tolerance * expected.to(at::kDouble).norm().item<double>()) << what;
}

TEST(BatchNorm, WithReluOnOneRankAgreesWithLibTorch) {
  for (const auto& [type, tolerance] : {std::pair(at::kDouble, 1e-12), std::pair(at::kFloat, 1e-5)}) {
    const Layer layer(type), reference(type);
    const at::Tensor x = images(3, type), same = images(3, type);
    const at::Tensor y = layer(x);
    const at::Tensor expected =
        at::batch_norm(same, reference.gamma, reference.beta, reference.mean, reference.variance,
                       /*training=*/true, 0.1, 1e-5, /*cudnn_enabled=*/false)
            .relu();
    uneven_loss(y).backward();
    uneven_loss(expected).backward();
    EXPECT_EQ(y.scalar_type(), type);
    expect_near(y, expected, tolerance, "y");
    expect_near(x.grad(), same.grad(), tolerance, "gradient of x");
    expect_near(layer.gamma.grad(), reference.gamma.grad(), tolerance, "gradient of gamma");
    expect_near(layer.beta.grad(), reference.beta.grad(), tolerance, "gradient of beta");
    expect_near(layer.mean, reference.mean, tolerance, "running mean");
    expect_near(layer.variance, reference.variance, tolerance, "running variance");
  }
}

// Of a device without own kernels (model/kernels/aten/).
TEST(BatchNorm, SynchronisedByLibTorchsOperationsAgrees) {
  const auto results = [](const Kernels& kernels) {
    use_kernels(at::kCPU, kernels);
    const Layer layer(at::kFloat);
    const at::Tensor x = images(3, at::kFloat);
    const at::Tensor y = layer(x, [](at::Tensor&) {});
    uneven_loss(y).backward();
    return std::vector{y.detach(), x.grad(), layer.gamma.grad(), layer.beta.grad(), layer.mean, layer.variance};
  };
  const Kernels& own = kernels_for(at::kCPU);
  const std::vector<at::Tensor> by_libtorch = results(aten_kernels), expected = results(own);
  for (std::size_t i = 0; i < expected.size(); ++i) expect_near(by_libtorch[i], expected[i], 1e-5, "result");
}

TEST(BatchNorm, InBfloat16RoundsOnlyTheResult) {
  const Layer rounded(at::kFloat), exact(at::kFloat);
  const at::Tensor x = images(3, at::kBFloat16);
  const at::Tensor y = rounded(x);
  EXPECT_EQ(y.scalar_type(), at::kBFloat16);
  EXPECT_TRUE(at::equal(y, exact(x.detach().to(at::kFloat)).to(at::kBFloat16)));
}

TEST(BatchNorm, GradientsAreFiniteDifferences) {
  const Layer layer(at::kDouble);
  const at::Tensor x = images(2, at::kDouble);
  uneven_loss(layer(x)).backward();
  const c10::NoGradGuard no_gradient;
  const double step = 1e-5;
  const auto value_of_channel = [](const at::Tensor& tensor, int channel) {
    return tensor.dim() == 1 ? tensor[channel] : tensor[1][channel][2][3];
  };
  for (const at::Tensor& leaf : {x, layer.gamma, layer.beta}) {
    for (int channel = 0; channel < 5; ++channel) {
      at::Tensor value = value_of_channel(leaf.detach(), channel);
      value.add_(step);
      const double above = uneven_loss(layer(x)).item<double>();
      value.sub_(2 * step);
      const double below = uneven_loss(layer(x)).item<double>();
      value.add_(step);
      const double gradient = value_of_channel(leaf.grad(), channel).item<double>();
      EXPECT_NEAR((above - below) / (2 * step), gradient, 1e-6 * std::abs(gradient) + 1e-7) << leaf.sizes() << channel;
    }
  }
}

TEST(BatchNorm, TwoRanksWithUnevenSharesAgreeWithOneRankThatHasTheWholeBatch) {
  const Layer whole(at::kDouble);
  const at::Tensor x = images(5, at::kDouble);
  const at::Tensor y = whole(x);
  const at::Tensor weights = at::arange(y.numel(), at::kDouble).sin().view(y.sizes());
  (y * weights).square().sum().backward();

  const std::array<Layer, 2> ranks = {Layer(at::kDouble), Layer(at::kDouble)};
  std::array<at::Tensor, 2> shares, results;
  ThreadRanks communicator(2);
  std::array<std::thread, 2> threads;
  for (int rank = 0; rank < 2; ++rank) {
    threads[rank] = std::thread([&, rank] {
      const std::int64_t first = rank == 0 ? 0 : 3, last = rank == 0 ? 3 : 5;
      shares[rank] = x.detach().slice(0, first, last).clone().set_requires_grad(true);
      results[rank] = ranks[rank](shares[rank], communicator.sum_of_rank(rank));
      (results[rank] * weights.slice(0, first, last)).square().sum().backward();
    });
  }
  for (std::thread& thread : threads) thread.join();

  expect_near(at::cat({results[0], results[1]}), y, 1e-14, "y");
  expect_near(at::cat({shares[0].grad(), shares[1].grad()}), x.grad(), 1e-13, "gradient of x");
  expect_near(ranks[0].gamma.grad() + ranks[1].gamma.grad(), whole.gamma.grad(), 1e-13, "gradient of gamma");
  expect_near(ranks[0].beta.grad() + ranks[1].beta.grad(), whole.beta.grad(), 1e-13, "gradient of beta");
  for (const Layer& rank : ranks) {
    expect_near(rank.mean, whole.mean, 1e-14, "running mean");
    expect_near(rank.variance, whole.variance, 1e-14, "running variance");
  }
}

}  // namespace
}  // namespace pbn::model
