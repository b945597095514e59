// A whole training on the ranks that mpirun started: loader, sums, checkpoints, lease and watchdog beside each other,
// in the processes of the test, where a sanitizer sees them.
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/worker/ranks_with_files.h"
#include "worker/checkpoints/checkpoint_folder.h"
#include "worker/commands/commands.h"

namespace pbn::worker {
namespace {

namespace fs = std::filesystem;

class TrainRun : public RanksWithFiles {
 protected:
  TrainRun() : RanksWithFiles(16, 9) {}

  // Trains and returns the outcome.
  Json train() const {
    WorkerOptions options;
    options.given = small_training("run");
    // Watches nothing: its thread would allocate while a process is forked to try the pose files in, and with another
    // thread in its allocator, GCC 12's address sanitizer stands still in the new process (LLVM fixed it, PR 75290).
    StartUpWatch start_up;
    EXPECT_EQ(train_run(options, world(), start_up), 0);
    return read_json(folder("run") / "result.json").at("outcome");
  }
};

TEST_F(TrainRun, EndsWithTheSameBitsWhenItGoesOnFromACheckpoint) {
  const Json outcome = train();
  world().barrier();
  if (is_first()) {
    fs::remove(folder("run") / "result.json");
    fs::remove(folder("run") / "ckpt" / newest_checkpoint_name(folder("run")));
  }
  world().barrier();
  EXPECT_EQ(train(), outcome);
}

}  // namespace
}  // namespace pbn::worker
