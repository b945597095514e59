// The kernels for GPUs, run on the host by a test double, against those of the CPU and LibTorch.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <ATen/record_function.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <cmath>
#include <functional>
#include <set>
#include <thread>

#include "model/heat_maps.h"
#include "model/layers.h"
#include "model/network.h"
#include "tests/model/gradient_check.h"
#include "tests/model/kernels/cuda/kernels_on_host.h"
#include "tests/model/kernels/thread_ranks.h"

namespace pbn::model {
namespace {

double tolerance_of(at::ScalarType type) { return type == at::kDouble ? 1e-12 : type == at::kFloat ? 1e-5 : 2e-2; }

void expect_close(const at::Tensor& actual, const at::Tensor& expected, double tolerance, const std::string& what) {
  ASSERT_EQ(actual.sizes(), expected.sizes()) << what;
  ASSERT_EQ(actual.scalar_type(), expected.scalar_type()) << what;
  const at::Tensor exact = expected.to(at::kDouble);
  const double difference = (actual.to(at::kDouble) - exact).norm().item<double>();
  EXPECT_LE(difference, tolerance * exact.norm().item<double>() + 1e-30) << what;
}

at::Tensor image(at::IntArrayRef sizes, at::ScalarType type) {
  return (at::randn(sizes, at::kDouble) * 2 + 0.5)
      .to(type)
      .contiguous(at::MemoryFormat::ChannelsLast)
      .set_requires_grad(true);
}

at::Tensor vector(std::int64_t length, at::ScalarType type) {
  return at::randn({length}, type == at::kDouble ? at::kDouble : at::kFloat).set_requires_grad(true);
}

// The tensors that `compute` returns, with its random numbers drawn from one seed: by the CPU's kernels and by those
// for GPUs.
using Compute = std::function<std::vector<at::Tensor>()>;

void expect_same_on_gpu(const Compute& compute, double tolerance, const std::string& what) {
  at::manual_seed(7);
  const std::vector<at::Tensor> expected = compute();
  at::manual_seed(7);
  const KernelsOnHost kernels;
  const std::vector<at::Tensor> actual = compute();
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    expect_close(actual[i], expected[i], tolerance, what + ", result " + std::to_string(i));
  }
}

class OnGpu : public testing::TestWithParam<at::ScalarType> {
 protected:
  at::ScalarType type_ = GetParam();
  double tolerance_ = tolerance_of(GetParam());
};

INSTANTIATE_TEST_SUITE_P(CudaKernels, OnGpu, testing::Values(at::kFloat, at::kBFloat16, at::kDouble),
                         [](const auto& type) { return std::string(toString(type.param)); });

// Channels that fill vectors and slices and such that do not; one pixel, and more than a piece.
TEST_P(OnGpu, BatchNormWithReluAgreesForwardAndBackward) {
  for (const auto& [channels, side] : {std::pair(5, 7), std::pair(64, 3), std::pair(40, 1), std::pair(6, 12)}) {
    const Compute compute = [&, channels = channels, side = side] {
      const at::Tensor x = image({2, channels, side, side}, type_);
      const BatchNormTensors norm{vector(channels, type_), vector(channels, type_), vector(channels, type_).detach(),
                                  vector(channels, type_).detach().abs()};
      const auto [y, input] = batch_norm_relu_and_input(x, norm, {});
      (uneven_loss(y) + uneven_loss(input)).backward();
      return std::vector{y.detach(),       x.grad(),          norm.gamma.grad(),
                         norm.beta.grad(), norm.running_mean, norm.running_variance};
    };
    expect_same_on_gpu(compute, tolerance_, std::to_string(channels) + " channels");
  }
}

TEST_P(OnGpu, BatchNormWithRunningStatisticsAgrees) {
  const Compute compute = [&] {
    const at::NoGradGuard no_gradient;
    const BatchNormTensors norm{vector(24, type_), vector(24, type_), vector(24, type_), vector(24, type_).abs()};
    return std::vector{batch_norm_relu(image({2, 24, 5, 5}, type_), norm, {.training = false})};
  };
  expect_same_on_gpu(compute, tolerance_, "result");
}

TEST_P(OnGpu, HalvingAndDoublingAgreeAlsoForEqualElements) {
  const Compute compute = [&] {
    const auto whole_numbers = [&](std::int64_t side) {
      return at::randint(-2, 3, {2, 12, side, side + 2}, at::kDouble)
          .to(type_)
          .contiguous(at::MemoryFormat::ChannelsLast)
          .set_requires_grad(true);
    };
    const at::Tensor x = whole_numbers(6), fine = whole_numbers(4);
    const auto [half, input] = halved_and_input(x);
    const at::Tensor coarse = image({2, 12, 2, 3}, type_);
    const at::Tensor sum = plus_doubled(fine, coarse);
    (uneven_loss(half) + uneven_loss(input) + uneven_loss(sum)).backward();
    return std::vector{half.detach(), x.grad(), sum.detach(), fine.grad(), coarse.grad()};
  };
  expect_same_on_gpu(compute, type_ == at::kBFloat16 ? 1e-2 : 1e-6, "resampling");
}

TEST_P(OnGpu, ConvolutionsAgreeForwardAndBackward) {
  if (type_ == at::kBFloat16 && !kernels_for(at::kCPU).convolves(image({1, 1, 1, 1}, type_))) {
    GTEST_SKIP() << "the processor has no AVX512-BF16";
  }
  for (const int kernel : {1, 3}) {
    const Compute compute = [&] {
      const at::Tensor x = image({2, 12, 5, 6}, type_), addend = image({2, 20, 5, 6}, type_);
      const at::ScalarType number = type_ == at::kDouble ? at::kDouble : at::kFloat;
      const at::Tensor weight = at::randn({20, 12, kernel, kernel}, number)
                                    .contiguous(at::MemoryFormat::ChannelsLast)
                                    .set_requires_grad(true);
      const at::Tensor bias = vector(20, type_);
      const at::Tensor y = convolution(x, weight, bias, {.addend = addend});
      uneven_loss(y).backward();
      return std::vector{y.detach(), x.grad(), weight.grad(), bias.grad(), addend.grad()};
    };
    expect_same_on_gpu(compute, type_ == at::kBFloat16 ? 2e-2 : 10 * tolerance_, std::to_string(kernel));
  }
}

TEST(CudaKernels, BatchNormKeepsNaN) {
  const KernelsOnHost kernels;
  at::Tensor x = at::ones({1, 1, 2, 2});
  x.view({4})[2] = std::numeric_limits<float>::quiet_NaN();
  const at::Tensor one = at::ones({1});
  EXPECT_TRUE(batch_norm_relu(x, {one, one, one.clone(), one.clone()}, {}).isnan().all().item<bool>());
  EXPECT_TRUE(halved(x).isnan().item<bool>());
}

TEST(CudaKernels, TwoRanksWithUnevenSharesAgreeWithOneThatHasTheWholeBatch) {
  const KernelsOnHost kernels;
  struct Layer {
    at::Tensor gamma = (at::arange(6, at::kDouble) / 5 + 0.5).set_requires_grad(true);
    at::Tensor beta = (at::arange(6, at::kDouble) / 7 - 0.5).set_requires_grad(true);
    at::Tensor mean = at::zeros({6}, at::kDouble), variance = at::ones({6}, at::kDouble);
    at::Tensor operator()(const at::Tensor& x, const SumOverRanks& sum) const {
      return batch_norm_relu(x, {gamma, beta, mean, variance}, {.synchronised = true, .sum_over_ranks = sum});
    }
  };
  at::manual_seed(9);
  const at::Tensor x = image({5, 6, 4, 4}, at::kDouble);
  const at::Tensor weights = at::arange(x.numel(), at::kDouble).sin().view(x.sizes());
  const Layer whole;
  const at::Tensor y = whole(x, {});
  (y * weights).square().sum().backward();

  const std::array<Layer, 2> ranks;
  std::array<at::Tensor, 2> shares, results;
  ThreadRanks communicator(2);
  {
    std::vector<std::jthread> threads;
    for (int rank = 0; rank < 2; ++rank) {
      threads.emplace_back([&, rank] {
        const std::int64_t first = rank == 0 ? 0 : 3, last = rank == 0 ? 3 : 5;
        shares[rank] = x.detach().slice(0, first, last).clone().set_requires_grad(true);
        results[rank] = ranks[rank](shares[rank], communicator.sum_of_rank(rank));
        (results[rank] * weights.slice(0, first, last)).square().sum().backward();
      });
    }
  }
  expect_close(at::cat({results[0], results[1]}).detach(), y.detach(), 1e-13, "y");
  expect_close(at::cat({shares[0].grad(), shares[1].grad()}), x.grad(), 1e-12, "gradient of x");
  expect_close(ranks[0].gamma.grad() + ranks[1].gamma.grad(), whole.gamma.grad(), 1e-12, "gradient of gamma");
  expect_close(ranks[0].beta.grad() + ranks[1].beta.grad(), whole.beta.grad(), 1e-12, "gradient of beta");
  expect_close(ranks[1].mean, whole.mean, 1e-13, "running mean");
  expect_close(ranks[1].variance, whole.variance, 1e-13, "running variance");
}

TEST(CudaKernels, ABiasBeforeBatchNormIsInTheRunningMeanAlone) {
  const Compute compute = [] {
    const at::Tensor x = image({2, 8, 4, 4}, at::kDouble), weight = at::randn({6, 8, 1, 1}, at::kDouble);
    const at::Tensor bias = vector(6, at::kDouble);
    const BatchNormTensors norm{vector(6, at::kDouble), vector(6, at::kDouble), at::zeros({6}, at::kDouble),
                                at::ones({6}, at::kDouble), bias};
    const at::Tensor y = batch_norm_relu(convolution(x, weight, bias, {.bias_is_absorbed = true}), norm, {});
    uneven_loss(y).backward();
    return std::vector{y.detach(), x.grad(), norm.running_mean, norm.running_variance};
  };
  expect_same_on_gpu(compute, 1e-12, "result");
}

TEST(CudaKernels, GradientsAreAddedToThoseOfTheParametersAndTheirHooksAreCalled) {
  const KernelsOnHost kernels;
  Parameters parameters(3, /*uniform_gamma=*/true);
  const NormalisedConvolution layer(parameters, "layer", 4, 6, 3);
  parameters.pack(at::kDouble, at::kCPU);
  struct Count : torch::autograd::FunctionPostHook {
    explicit Count(int& calls) : calls(calls) {}
    torch::autograd::variable_list operator()(const torch::autograd::variable_list& outputs,
                                              const torch::autograd::variable_list&) override {
      ++calls;
      return outputs;
    }
    int& calls;
  };
  std::vector<int> calls(parameters.parameters.size());
  std::vector<std::shared_ptr<torch::autograd::Node>> accumulators;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    accumulators.push_back(torch::autograd::impl::grad_accumulator(parameters.parameters[i].tensor));
    accumulators.back()->add_post_hook(std::make_unique<Count>(calls[i]));
  }
  at::manual_seed(5);
  const at::Tensor x = image({2, 4, 6, 6}, at::kDouble);
  uneven_loss(layer(x, {})).backward();
  const at::Tensor once = parameters.flat_gradients.clone();
  EXPECT_GT(once.norm().item<double>(), 0);
  uneven_loss(layer(x, {})).backward();
  expect_close(parameters.flat_gradients, 2 * once, 1e-12, "sum of two passes");
  for (std::size_t i = 0; i < calls.size(); ++i) EXPECT_EQ(calls[i], 2) << parameters.parameters[i].name;
  EXPECT_EQ(layer.convolution.bias.grad().abs().max().item<double>(), 0);
}

TEST(CudaKernels, TheLossOfAllStacksAgreesForwardAndBackward) {
  for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
    const Compute compute = [type] {
      std::vector<at::Tensor> maps;
      for (int stack = 0; stack < 3; ++stack) maps.push_back(at::randn({2, 4, 9, 9}, type).set_requires_grad(true));
      const Targets targets{at::rand({2, 4, 9, 9}, type), at::randint(0, 2, {2, 4}, type)};
      const at::Tensor loss = heat_map_loss(maps, targets, 17);
      (3 * loss).backward();
      return std::vector{loss.detach().to(at::kDouble), maps[0].grad(), maps[1].grad(), maps[2].grad()};
    };
    expect_same_on_gpu(compute, type == at::kFloat ? 1e-6 : 1e-13, toString(type));
  }
}

TEST(CudaKernels, TheNormAndRmsPropAgreeWithDoublePrecision) {
  at::manual_seed(6);
  const at::Tensor gradient = at::randn({1000}), parameters = at::randn({1000}), mean_square = at::rand({1000});
  const at::Tensor rounded = at::zeros({1000}, at::kBFloat16), rate = at::full({}, 0.1, at::kDouble);
  expect_close(cuda_kernels().norm(gradient), gradient.to(at::kDouble).norm().view({1}), 1e-12, "norm");
  const at::Tensor squares = 0.9 * mean_square.to(at::kDouble) + 0.1 * gradient.to(at::kDouble).square();
  const at::Tensor expected = parameters.to(at::kDouble) - 0.1 * gradient / (squares.sqrt() + 1e-3);
  const auto step = [&](const at::Tensor& figures) {
    cuda_kernels().rmsprop({parameters, mean_square, gradient, rounded, rate, figures, 0.9, 1e-3});
  };
  step(at::ones({4}, at::kDouble));
  expect_close(parameters, expected.to(at::kFloat), 1e-6, "parameters");
  expect_close(mean_square, squares.to(at::kFloat), 1e-6, "mean squares");
  EXPECT_TRUE(at::equal(rounded, parameters.to(at::kBFloat16)));
  const at::Tensor before = parameters.clone();
  step(at::full({2}, std::nan(""), at::kDouble));
  EXPECT_TRUE(at::equal(parameters, before));
}

// Counts the launches of LibTorch's operations; each call of cuDNN or cuBLAS is one. Operations inside others do not
// count.
class LaunchesOfLibTorch {
 public:
  LaunchesOfLibTorch()
      : handle_(
            at::addThreadLocalCallback(at::RecordFunctionCallback(&LaunchesOfLibTorch::begin, &LaunchesOfLibTorch::end)
                                           .needsInputs(true)
                                           .scopes({at::RecordScope::FUNCTION}))) {
    count_ = depth_ = 0;
  }
  ~LaunchesOfLibTorch() { at::removeCallback(handle_); }
  LaunchesOfLibTorch(const LaunchesOfLibTorch&) = delete;
  LaunchesOfLibTorch& operator=(const LaunchesOfLibTorch&) = delete;

  static int count() { return count_; }

 private:
  static std::unique_ptr<at::ObserverContext> begin(const at::RecordFunction& function) {
    static const std::set<std::string> without_launch = {
        "aten::empty",   "aten::empty_like", "aten::view",  "aten::view_as",    "aten::t",      "aten::permute",
        "aten::reshape", "aten::select",     "aten::alias", "aten::contiguous", "aten::detach", "aten::to"};
    static const std::set<std::string> with_launch = {"aten::convolution", "aten::addmm_", "aten::add_"};
    const std::string name = function.name();
    if (name == "aten::_to_copy") ++count_;  // a conversion by aten::to, which often has nothing to do
    if (!is_operation(function) || depth_++ > 0 || without_launch.contains(name)) return nullptr;
    if (name == "aten::convolution_backward") {
      const auto wanted = function.inputs().back().toBoolList();
      count_ += static_cast<int>(wanted[0]) + static_cast<int>(wanted[1]);
    } else {
      EXPECT_TRUE(with_launch.contains(name)) << name << " is an operation that this test does not know";
      ++count_;
    }
    return nullptr;
  }
  static void end(const at::RecordFunction& function, at::ObserverContext*) {
    if (is_operation(function)) --depth_;
  }
  static bool is_operation(const at::RecordFunction& function) {
    return std::string_view(function.name()).starts_with("aten::");
  }

  static inline thread_local int count_ = 0, depth_ = 0;
  at::CallbackHandle handle_;
};

TEST(CudaKernels, AResidualBlockNeedsAtMost28Launches) {
  const KernelsOnHost kernels;
  Parameters parameters(3, /*uniform_gamma=*/true);
  const ResidualBlock block(parameters, "block", 16, 16);
  parameters.pack(at::kFloat, at::kCPU);
  const at::Tensor x = image({1, 16, 4, 4}, at::kFloat),
                   dy = at::randn({1, 16, 4, 4}).contiguous(at::MemoryFormat::ChannelsLast);
  const int before = launches_on_host();
  int of_libtorch = 0;
  {
    const LaunchesOfLibTorch recorded;
    block(x, {}).backward(dy);
    of_libtorch = LaunchesOfLibTorch::count();
  }
  const int own = launches_on_host() - before;
  EXPECT_EQ(own, 15);
  EXPECT_EQ(of_libtorch, 10);  // three convolutions, six gradients, and the sum of a 3x3 weight's gradient
  EXPECT_LE(own + of_libtorch, 28);
}

config::ModelSpec small_spec() {
  config::ModelSpec spec;
  spec.head = config::Head::pbn;
  spec.stacks = 2;
  spec.features = 16;
  spec.parts = 3;
  spec.groups = {{0, 1}, {1, 2}};
  spec.width = 8;
  spec.depth = 1;
  return spec;
}

TEST(CudaKernels, AWholeNetworkHasTheGradientOfTheCpu) {
  const Compute compute = [] {
    Network network(small_spec(), {.precision = config::Precision::fp64, .seed = 4});
    const auto maps = network.forward(image({1, 3, 64, 64}, at::kDouble).detach());
    const Targets targets{at::rand({1, 3, 16, 16}, at::kDouble), at::ones({1, 3}, at::kDouble)};
    heat_map_loss(maps, targets, 10).backward();
    return std::vector{maps[1].detach(), network.flat_buffers(), network.flat_gradients()};
  };
  expect_same_on_gpu(compute, 1e-9, "network");
}

}  // namespace
}  // namespace pbn::model
