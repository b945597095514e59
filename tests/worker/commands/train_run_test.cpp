// A whole training on the ranks that mpirun started: loader, sums, checkpoints, lease and watchdog beside each other,
// in the processes of the test, where a sanitizer sees them.
#include <gtest/gtest.h>

#include <optional>

#include "base/json.h"
#include "data/preparing/prepare.h"
#include "tests/temporary_folder.h"
#include "tests/worker/communication/world.h"
#include "worker/checkpoints/checkpoint_folder.h"
#include "worker/commands/commands.h"

namespace pbn::worker {
namespace {

namespace fs = std::filesystem;

// Rank 0 makes the folder and the pose files.
class TrainRun : public testing::Test {
 protected:
  TrainRun() {
    if (is_first()) made_.emplace();
    place_ = world().from_first(made_ ? made_->path().string() : "");
    if (is_first()) {
      prepare("train", 16);
      prepare("validation", 9);
    }
    world().barrier();
  }
  ~TrainRun() override { world().barrier(); }  // before rank 0 removes the folder

  static bool is_first() { return world().rank() == 0; }

  void prepare(const std::string& split, std::int64_t people) const {
    data::SyntheticOptions options;
    options.files = {{split, place_ / (split + ".h5")}};
    options.people = people;
    options.how.box_pixels = 64;
    options.how.show_progress = false;
    data::prepare_synthetic(options);
  }

  // Trains and returns the outcome.
  Json train() const {
    WorkerOptions options;
    options.given.place = "here";
    options.given.folder = folder();
    options.given.values = {
        {"data", {{"train", (place_ / "train.h5").string()}, {"validation", (place_ / "validation.h5").string()}}},
        {"model", {{"features", 16}, {"head", "pbn"}, {"width", 8}}},
        {"train", {{"epochs", 2}, {"global_batch", 8}, {"learning_rate", 1e-3}, {"precision", "fp32"}}},
        {"run", {{"device", "cpu"}, {"checkpoint_seconds", 0}, {"validate_every", 1}, {"loader_threads", 2}}}};
    // Watches nothing: its thread would allocate while a process is forked to try the pose files in, and with another
    // thread in its allocator, GCC 12's address sanitizer stands still in the new process (LLVM fixed it, PR 75290).
    StartUpWatch start_up;
    EXPECT_EQ(train_run(options, world(), start_up), 0);
    return read_json(folder() / "result.json").at("outcome");
  }

  fs::path folder() const { return place_ / "run"; }

 private:
  std::optional<TemporaryFolder> made_;
  fs::path place_;
};

TEST_F(TrainRun, EndsWithTheSameBitsWhenItGoesOnFromACheckpoint) {
  const Json outcome = train();
  world().barrier();
  if (is_first()) {
    fs::remove(folder() / "result.json");
    fs::remove(folder() / "ckpt" / newest_checkpoint_name(folder()));
  }
  world().barrier();
  EXPECT_EQ(train(), outcome);
}

}  // namespace
}  // namespace pbn::worker
