// Recorded steps (worker/device/device.h) against steps that are not recorded, on the CPU, which records the function
// itself. Everything else is the same as on a GPU. On ranks started by mpirun.
#include <ATen/ATen.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "tests/worker/communication/world.h"
#include "tests/worker/device/cpu_double.h"
#include "tests/worker/training/small_steps.h"
#include "worker/communication/staged_communicator.h"

namespace pbn::worker {
namespace {

// Five full batches and an incomplete one: the fourth and the fifth full batch are recorded.
std::vector<StepReport> take_steps(TrainingStep& step) { return take_steps(step, {8, 8, 8, 8, 5, 8}); }

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
  EXPECT_FALSE(is_finite(recorded.step.take(std::span(&share, 1), 8, 1e-3).front()));
  EXPECT_TRUE(at::allclose(parameters, before, 0, 0, /*equal_nan=*/true));
}

// A CPU that fails to record.
class FailingRecorderDouble : public CpuDouble {
 public:
  std::unique_ptr<RecordedWork> record(std::function<void()>) const override {
    throw std::runtime_error("operation not permitted when stream is capturing\nand more");
  }
};

// A CPU that counts its recordings, for which it may lack the memory.
class CountingRecorderDouble : public CpuDouble {
 public:
  explicit CountingRecorderDouble(std::string obstacle) : obstacle_(std::move(obstacle)) {}
  std::string obstacle_to_recording() const override { return obstacle_; }
  std::unique_ptr<RecordedWork> record(std::function<void()> work) const override {
    ++recordings;
    return CpuDouble::record(std::move(work));
  }

  mutable int recordings = 0;

 private:
  std::string obstacle_;
};

void expect_training_without_recording(Parallel& fallen_back, const std::string& problem) {
  Parallel eager(with_graph("off"));
  const std::vector<StepReport> reports = take_steps(fallen_back.step);
  take_steps(eager.step);
  EXPECT_TRUE(at::equal(fallen_back.step.network().flat_parameters(), eager.step.network().flat_parameters()));
  EXPECT_EQ(reports[2].warning, "");
  EXPECT_EQ(reports[3].warning,
            fmt::format("a step cannot be recorded ({}); training continues without recording (run.graph)", problem));
  EXPECT_EQ(reports[5].warning, "");
}

TEST(RecordedStep, IsReplacedOnAllRanksIfOneRankFailsToRecordItWithOneWarning) {
  for (const int failing : {0, world().size() - 1}) {
    const bool fails = world().rank() == failing;
    Parallel fallen_back(with_graph("on"), fails ? std::make_unique<FailingRecorderDouble>() : processor());
    expect_training_without_recording(fallen_back,
                                      fails ? "operation not permitted when stream is capturing" : "on another rank");
  }
}

TEST(RecordedStep, IsBegunOnNoRankIfOneRankLacksTheMemory) {
  const bool is_poor = world().rank() == world().size() - 1;
  auto device = std::make_unique<CountingRecorderDouble>(is_poor ? "it needs 3 GiB, of which 1 is free" : "");
  const CountingRecorderDouble& counting = *device;
  Parallel fallen_back(with_graph("on"), std::move(device));
  expect_training_without_recording(fallen_back, is_poor ? "it needs 3 GiB, of which 1 is free" : "on another rank");
  EXPECT_EQ(counting.recordings, 0);
}

TEST(RecordedStep, IsNotBegunIfItsSumsPassThroughHostMemory) {
  auto counting = std::make_unique<CountingRecorderDouble>("");
  const config::RunConfig config = with_graph("on");
  const auto gradients = make_staged_communicator(world().host_communicator());
  const auto statistics = make_staged_communicator(world().host_communicator());
  TrainingStep staged(config, *counting, *gradients, *statistics);
  Parallel eager(with_graph("off"));
  const std::vector<StepReport> reports = take_steps(staged);
  take_steps(eager.step);
  EXPECT_EQ(reports[0].warning,
            "steps are not recorded, since the sums over the ranks pass through host memory (run.graph)");
  EXPECT_EQ(counting->recordings, 0);
  EXPECT_TRUE(at::equal(staged.network().flat_parameters(), eager.step.network().flat_parameters()));
}

}  // namespace
}  // namespace pbn::worker
