// Slurm's time limit takes minutes: the shortest limit is one minute, and Slurm checks every half minute.
#include "tests/slurm/on_slurm.h"

namespace pbn::slurm {
namespace {

using namespace std::chrono_literals;

TEST_F(OnSlurm, ARunBeyondItsTimeLimitIsSavedBySlurmsSignal) {
  start();
  const CountingSweep sweep("{steps: 360, milliseconds: 250}", 1);
  ASSERT_EQ(submit(sweep, "sbatch: [--time=1]\nseconds_to_save: 40\n").code, 0);
  ASSERT_TRUE(becomes_true([&] { return sweep.count("done") == 1; }, 400s));
  ASSERT_TRUE(cluster_->wait_for_end());
  sweep.expect_each_run_once();
  EXPECT_GE(attempts(sweep, sweep.runs()[0]), 2);
  EXPECT_EQ(exit_of(sweep, sweep.runs()[0], "0001").at("code"), 75);
}

TEST_F(OnSlurm, PackedRunsBeyondTheTimeLimitOfTheirElementAreSavedBySlurmsSignal) {
  start();
  const CountingSweep sweep("{steps: 160, milliseconds: 250}", 4);  // two after two: 80 s
  ASSERT_EQ(submit(sweep,
                   "sbatch: [--time=1]\nseconds_to_save: 40\narray: {runs_per_element: 4}\n"
                   "node: {cpus: 2, memory: 8000M}\n")
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

}  // namespace
}  // namespace pbn::slurm
