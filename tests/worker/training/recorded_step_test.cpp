// A step that the device recorded (worker/device/device.h) against one that it did not: on the processor, whose record
// is the function itself; all else is what a GPU does.
#include <ATen/ATen.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "tests/worker/communication/world.h"
#include "tests/worker/training/small_steps.h"

namespace pbn {
namespace {

// Five full batches with an odd one between them: the fourth and the fifth full one are recorded.
std::vector<StepReport> take_steps(TrainingStep& step) {
  std::vector<StepReport> reports;
  for (const std::int64_t people : {8, 8, 8, 8, 5, 8}) {
    const Batch share = my_share(0, people);
    reports.push_back(step.take(std::span(&share, 1), people, 1e-3 / people, world().rank()));
  }
  return reports;
}

RunConfig with_graph(const std::string& graph) {
  RunConfig config = small_network(Precision::fp32);
  config.train.global_batch = 8;
  config.train.average = 0.9;
  config.run.graph = graph;
  return config;
}

TEST(RecordedStep, HasTheSameBitsAsOneThatIsNot) {
  Parallel recorded(with_graph("on")), other(with_graph("off"));
  const std::vector<StepReport> ours = take_steps(recorded.step), theirs = take_steps(other.step);
  for (std::size_t i = 0; i < ours.size(); ++i) {
    EXPECT_EQ(ours[i].loss, theirs[i].loss) << i;
    EXPECT_EQ(ours[i].gradient_norm, theirs[i].gradient_norm) << i;
    EXPECT_EQ(ours[i].requests, theirs[i].requests) << i;
    EXPECT_EQ(ours[i].warning, "");
  }
  EXPECT_TRUE(at::equal(recorded.step.network().flat_parameters(), other.step.network().flat_parameters()));
  EXPECT_TRUE(at::equal(recorded.step.network().flat_buffers(), other.step.network().flat_buffers()));
  EXPECT_TRUE(at::equal(recorded.step.average()->state().parameters, other.step.average()->state().parameters));
}

TEST(RecordedStep, WithALossThatIsNotANumberUpdatesNothing) {
  Parallel recorded(with_graph("on"));
  take_steps(recorded.step);
  const at::Tensor parameters = recorded.step.network().flat_parameters().detach();
  parameters[0] = std::nan("");
  const at::Tensor before = parameters.clone();
  const Batch share = my_share(0, 8);
  EXPECT_FALSE(is_finite(recorded.step.take(std::span(&share, 1), 8, 1e-3)));
  EXPECT_TRUE(at::allclose(parameters, before, 0, 0, /*equal_nan=*/true));
}

// The processor, but for that.
class CannotRecord : public Device {
 public:
  at::Device torch() const override { return cpu_->torch(); }
  std::string describe() const override { return cpu_->describe(); }
  std::string pci_address() const override { return cpu_->pci_address(); }
  bool computes_bf16() const override { return cpu_->computes_bf16(); }
  double peak_flops(bool bf16, int threads) const override { return cpu_->peak_flops(bf16, threads); }
  MemoryFigures memory() const override { return cpu_->memory(); }
  std::unique_ptr<RecordedWork> record(std::function<void()>) const override {
    throw std::runtime_error("operation not permitted when stream is capturing\nand more");
  }
  bool gains_by_recording() const override { return true; }
  std::unique_ptr<Communicator> communicator(const Ranks& ranks, const std::string& wanted) const override {
    return cpu_->communicator(ranks, wanted);
  }

 private:
  std::unique_ptr<Device> cpu_ = processor();
};

TEST(RecordedStep, WhereOneRankCannotRecordAllGoOnWithoutAndSaySoOnce) {
  auto device = world().rank() == 0 ? std::make_unique<CannotRecord>() : processor();
  Parallel fallen_back(with_graph("on"), std::move(device)), other(with_graph("off"));
  const std::vector<StepReport> reports = take_steps(fallen_back.step);
  take_steps(other.step);
  EXPECT_TRUE(at::equal(fallen_back.step.network().flat_parameters(), other.step.network().flat_parameters()));
  EXPECT_EQ(reports[2].warning, "");
  EXPECT_EQ(reports[3].warning,
            fmt::format("a step cannot be recorded ({}); training goes on without (run.graph)",
                        world().rank() == 0 ? "operation not permitted when stream is capturing" : "on another rank"));
  EXPECT_EQ(reports[5].warning, "");
}

}  // namespace
}  // namespace pbn
