// Recorded steps (worker/device/device.h) against steps that are not recorded, on the CPU, which records the function
// itself. Everything else is the same as on a GPU.
#include <ATen/ATen.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "tests/worker/communication/world.h"
#include "tests/worker/training/small_steps.h"

namespace pbn::worker {
namespace {

// Five full batches and an incomplete one: the fourth and the fifth full batch are recorded.
std::vector<StepReport> take_steps(TrainingStep& step) {
  std::vector<StepReport> reports;
  for (const std::int64_t people : {8, 8, 8, 8, 5, 8}) {
    const data::Batch share = my_share(0, people);
    reports.push_back(step.take(std::span(&share, 1), people, 1e-3 / people, world().rank()));
  }
  return reports;
}

config::RunConfig with_graph(const std::string& graph) {
  config::RunConfig config = small_network(config::Precision::fp32);
  config.train.global_batch = 8;
  config.train.average = 0.9;
  config.run.graph = graph;
  return config;
}

TEST(RecordedStep, HasTheSameBitsAsAStepThatIsNotRecorded) {
  Parallel recorded(with_graph("on")), eager(with_graph("off"));
  const std::vector<StepReport> reports = take_steps(recorded.step), expected = take_steps(eager.step);
  for (std::size_t i = 0; i < reports.size(); ++i) {
    EXPECT_EQ(reports[i].loss, expected[i].loss) << i;
    EXPECT_EQ(reports[i].gradient_norm, expected[i].gradient_norm) << i;
    EXPECT_EQ(reports[i].requests, expected[i].requests) << i;
    EXPECT_EQ(reports[i].warning, "");
  }
  EXPECT_TRUE(at::equal(recorded.step.network().flat_parameters(), eager.step.network().flat_parameters()));
  EXPECT_TRUE(at::equal(recorded.step.network().flat_buffers(), eager.step.network().flat_buffers()));
  EXPECT_TRUE(at::equal(recorded.step.average()->state().parameters, eager.step.average()->state().parameters));
}

TEST(RecordedStep, WithALossOfNaNUpdatesNothing) {
  Parallel recorded(with_graph("on"));
  take_steps(recorded.step);
  const at::Tensor parameters = recorded.step.network().flat_parameters().detach();
  parameters[0] = std::nan("");
  const at::Tensor before = parameters.clone();
  const data::Batch share = my_share(0, 8);
  EXPECT_FALSE(is_finite(recorded.step.take(std::span(&share, 1), 8, 1e-3)));
  EXPECT_TRUE(at::allclose(parameters, before, 0, 0, /*equal_nan=*/true));
}

// A CPU that cannot record.
class CpuWithoutRecording : public Device {
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
  bool is_faster_recorded() const override { return true; }
  std::unique_ptr<Communicator> communicator(const Ranks& ranks, const std::string& wanted) const override {
    return cpu_->communicator(ranks, wanted);
  }

 private:
  std::unique_ptr<Device> cpu_ = processor();
};

TEST(RecordedStep, IsReplacedOnAllRanksIfOneRankCannotRecordWithOneWarning) {
  auto device = world().rank() == 0 ? std::make_unique<CpuWithoutRecording>() : processor();
  Parallel fallen_back(with_graph("on"), std::move(device)), eager(with_graph("off"));
  const std::vector<StepReport> reports = take_steps(fallen_back.step);
  take_steps(eager.step);
  EXPECT_TRUE(at::equal(fallen_back.step.network().flat_parameters(), eager.step.network().flat_parameters()));
  EXPECT_EQ(reports[2].warning, "");
  EXPECT_EQ(reports[3].warning,
            fmt::format("a step cannot be recorded ({}); training continues without recording (run.graph)",
                        world().rank() == 0 ? "operation not permitted when stream is capturing" : "on another rank"));
  EXPECT_EQ(reports[5].warning, "");
}

}  // namespace
}  // namespace pbn::worker
