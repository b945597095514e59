// Training steps by the kernels for GPUs, which run on the host (tests/model/kernels/cuda/), against those of the CPU.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "tests/model/kernels/cuda/kernels_on_host.h"
#include "worker/training/training_step.h"

namespace pbn::worker {
namespace {

config::RunConfig tiny_network(config::Precision precision) {
  config::RunConfig config{};
  config.model.features = 16;
  config.model.stacks = 1;
  config.model.head = config::Head::pbn;
  config.model.groups = config::resolve_groups("related-5", config::mpii16());
  config.model.width = 8;
  config.train.rmsprop_decay = 0.99;
  config.train.rmsprop_epsilon = 1e-8;
  config.train.sigma = 1.75;
  config.train.precision = precision;
  config.seed = 7;
  return config;
}

data::Batch two_people() {
  constexpr int side = 64;
  data::Batch batch;
  for (int person = 0; person < 2; ++person) {
    batch.people.push_back(person);
    for (int i = 0; i < side * side * 3; ++i) batch.pixels.push_back(static_cast<std::uint8_t>(i * i % 251 + person));
    for (int part = 0; part < 16; ++part) {
      batch.joints.push_back(static_cast<float>(part * 4 + person));
      batch.joints.push_back(static_cast<float>(63 - part * 3));
      batch.labelled.push_back(part != 3);
    }
  }
  return batch;
}

struct OneRank {
  explicit OneRank(const config::RunConfig& config) : step(config, *device, *gradients, *statistics) {}

  std::unique_ptr<Device> device = choose_device("cpu", 0).device;
  std::unique_ptr<Communicator> gradients = alone(), statistics = alone();
  TrainingStep step;
};

StepReport take_step(OneRank& rank) {
  const data::Batch batch = two_people();
  return rank.step.take(std::span(&batch, 1), 2, 1e-4).front();
}

TEST(OwnKernels, TrainLikeThoseOfTheCpu) {
  OneRank on_cpu(tiny_network(config::Precision::fp64));
  const StepReport expected_report = take_step(on_cpu);
  const model::KernelsOnHost kernels;
  OneRank own(tiny_network(config::Precision::fp64));
  const StepReport report = take_step(own);
  EXPECT_NEAR(report.loss, expected_report.loss, 1e-12 * expected_report.loss);
  EXPECT_NEAR(report.gradient_norm, expected_report.gradient_norm, 1e-9 * expected_report.gradient_norm);
  // RMSProp moves each weight by its gradient's sign at first, so that those whose gradient is rounding error differ.
  const at::Tensor moved = own.step.network().flat_parameters().detach() - on_cpu.step.network().flat_parameters();
  EXPECT_LT((moved.abs() > 1e-9).to(at::kDouble).mean().item<double>(), 0.05);
}

TEST(OwnKernels, ComputeInBfloat16FromRoundedCopiesThatFollowTheWeights) {
  const model::KernelsOnHost kernels;
  OneRank own(tiny_network(config::Precision::bf16));
  model::Network& network = own.step.network();
  const auto expect_copies = [&] {
    EXPECT_TRUE(at::equal(network.flat_rounded(), network.flat_parameters().detach().to(at::kBFloat16)));
  };
  expect_copies();
  const double loss = take_step(own).loss;
  expect_copies();
  const at::NoGradGuard no_gradient;
  network.parameters().front().tensor.mul_(2);
  network.round_parameters();
  expect_copies();
  EXPECT_GT(loss, 0);
}

}  // namespace
}  // namespace pbn::worker
