// Trainings whose steps report late, as on a GPU, against those whose steps report at once, on ranks started by mpirun.
#include "worker/training/trainer.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <fstream>
#include <limits>

#include "base/error.h"
#include "base/json.h"
#include "tests/worker/device/cpu_double.h"
#include "tests/worker/ranks_with_files.h"
#include "tests/worker/training/small_steps.h"
#include "worker/checkpoints/checkpoint_folder.h"

namespace pbn::worker {
namespace {

namespace fs = std::filesystem;

// Sums with a NaN in the loss of one step, counted from 1; 0: of none.
class PoisonedSums : public Communicator {
 public:
  PoisonedSums(Communicator& ranks, int step) : ranks_(ranks), step_(step) {}
  std::string name() const override { return ranks_.name(); }
  int rank() const override { return ranks_.rank(); }
  int size() const override { return ranks_.size(); }
  at::Tensor zeros(std::int64_t elements, const at::TensorOptions& options) override {
    return ranks_.zeros(elements, options);
  }
  void start_sum(const at::Tensor& tensor) override { ranks_.start_sum(tensor); }
  void wait() override { ranks_.wait(); }
  void broadcast(const at::Tensor& tensor) override { ranks_.broadcast(tensor); }
  void barrier() override { ranks_.barrier(); }
  void sum(const at::Tensor& tensor) override {
    ranks_.sum(tensor);
    const bool is_report = tensor.dim() == 1 && tensor.numel() == 3;
    if (is_report && ++reports_ == step_) tensor[0] = std::numeric_limits<double>::quiet_NaN();
  }

 private:
  Communicator& ranks_;
  int step_, reports_ = 0;
};

// An epoch has three steps.
class LateTraining : public RanksWithFiles {
 protected:
  LateTraining() : RanksWithFiles(20, 4) {}

  // Trains or continues in this folder, and returns the weights.
  at::Tensor train(const std::string& run, const Device& device, int poisoned_step = 0) const {
    const RunSetup setup = set_up_run(small_training(run), world().size(), false);
    if (is_first()) fs::create_directories(setup.folder);
    world().barrier();
    const auto gradients = world().host_communicator(), statistics = world().host_communicator();
    PoisonedSums sums(*gradients, poisoned_step);
    ActivityBoard activity(setup.folder, world().rank(), world().size());
    MetricsLog log(setup.folder, is_first());
    Trainer trainer(setup, {device, sums, *statistics, log, activity, nullptr});
    trainer.resume();
    EXPECT_EQ(trainer.train(), TrainingEnd::finished);
    world().barrier();
    return trainer.network().flat_parameters().detach().clone();
  }

  // The epochs in metrics.jsonl without times.
  std::vector<Json> epochs_in(const std::string& run) const {
    std::vector<Json> epochs;
    std::ifstream file(folder(run) / "metrics.jsonl");
    for (std::string line; std::getline(file, line);) {
      const Json entry = Json::parse(line);
      if (entry.at("kind") != "epoch") continue;
      epochs.push_back({entry.at("epoch"), entry.at("training_loss"), entry.at("gradient_norm")});
    }
    return epochs;
  }

  std::string error_of_training(const std::string& run, const Device& device, int poisoned_step) const {
    try {
      train(run, device, poisoned_step);
      return "";
    } catch (const SharedError& error) {
      return error.what();
    }
  }

  const std::unique_ptr<Device> at_once_ = processor();
  const LateDeviceDouble late_{};
};

TEST_F(LateTraining, EndsWithTheSameWeightsAndMetrics) {
  const at::Tensor expected = train("at_once", *at_once_);
  EXPECT_TRUE(at::equal(train("late", late_), expected));
  EXPECT_EQ(epochs_in("late"), epochs_in("at_once"));
  EXPECT_EQ(epochs_in("late").size(), 2u);
}

TEST_F(LateTraining, EndsWithTheSameWeightsWhenItGoesOnFromACheckpointWithinAnEpoch) {
  const at::Tensor expected = train("run", late_);
  if (is_first()) fs::remove(folder("run") / "ckpt" / newest_checkpoint_name(folder("run")));
  world().barrier();
  EXPECT_TRUE(at::equal(train("run", late_), expected));
}

TEST_F(LateTraining, NamesTheStepWhoseLossIsNotFinite) {
  for (const int poisoned : {1, 2, 3, 4}) {  // the third is the last one of its epoch
    const std::string run = fmt::format("poisoned{}", poisoned);
    const auto without_checkpoint = [](const std::string& text) {
      return text.substr(0, text.find("; the last good"));
    };
    const std::string expected = without_checkpoint(error_of_training(run + "at_once", *at_once_, poisoned));
    EXPECT_THAT(expected, testing::StartsWith(fmt::format("epoch {}, step {}: the loss is nan", 1 + (poisoned - 1) / 3,
                                                          1 + (poisoned - 1) % 3)));
    EXPECT_EQ(without_checkpoint(error_of_training(run + "late", late_, poisoned)), expected);
  }
}

}  // namespace
}  // namespace pbn::worker
