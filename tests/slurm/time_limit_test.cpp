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

}  // namespace
}  // namespace pbn::slurm
