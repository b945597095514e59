// Slurm's time limit takes minutes: the shortest limit is one minute, and Slurm checks every half minute.
#include "orchestrator/runs/shortage.h"
#include "tests/slurm/on_slurm.h"

namespace pbn::slurm {
namespace {

using namespace std::chrono_literals;

TEST_F(OnSlurm, ARunBeyondItsTimeLimitIsSavedBySlurmsSignal) {
  start();
  const CountingSweep sweep("{steps: 360, milliseconds: 250}", 1);
  // The variable goes before the limit in the script.
  ASSERT_EQ(submit(sweep, "seconds_to_save: 40\n", {}, {{"SBATCH_TIMELIMIT", "1"}}).code, 0);
  ASSERT_TRUE(becomes_true([&] { return sweep.count("done") == 1; }, 400s));
  ASSERT_TRUE(cluster_->wait_for_end());
  sweep.expect_each_run_once();
  EXPECT_GE(attempts(sweep, sweep.runs()[0]), 2);
  EXPECT_EQ(exit_of(sweep, sweep.runs()[0], "0001").at("code"), 75);
}

TEST_F(OnSlurm, PackedRunsBeyondTheTimeLimitOfTheirElementAreSavedBySlurmsSignal) {
  start();
  const CountingSweep sweep("{steps: 160, milliseconds: 250}", 4);  // two after two: 80 s
  ASSERT_EQ(submit(sweep, "seconds_to_save: 40\narray: {runs_per_element: 4}\nnode: {cpus: 2, memory: 8000M}\n", {},
                   {{"SBATCH_TIMELIMIT", "1"}})
                .code,
            0);
  ASSERT_TRUE(becomes_true([&] { return sweep.finished() == 4; }, 400s));
  ASSERT_TRUE(cluster_->wait_for_end());
  sweep.expect_each_run_once();
  for (const std::string& run : sweep.runs()) {
    EXPECT_THAT(read_json_lines(sweep.folder(run) / "metrics.jsonl"), ::testing::SizeIs(160)) << run;
    if (attempts(sweep, run) > 1) {
      EXPECT_EQ(exit_of(sweep, run, "0001").at("code"), 75);
    }
  }
}

TEST_F(OnSlurm, ARunThatNeverReachesACheckpointGetsTwiceTheTime) {
  start();
  const CountingSweep sweep("{steps: 1, milliseconds: 80000}", 1);
  ASSERT_EQ(submit(sweep, "seconds_to_save: 10\n", {}, {{"SBATCH_TIMELIMIT", "1"}}).code, 0);
  ASSERT_TRUE(becomes_true([&] { return sweep.count("done") == 1; }, 500s));
  ASSERT_TRUE(cluster_->wait_for_end());
  const auto shortage = runs::shortage_of(sweep.folder(sweep.runs()[0]) / "attempts/0001");
  ASSERT_TRUE(shortage.has_value());
  EXPECT_EQ(shortage->of, runs::Shortage::time);
  EXPECT_EQ(shortage->next, 2);
}

}  // namespace
}  // namespace pbn::slurm
