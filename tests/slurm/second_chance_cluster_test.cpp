// Runs that lack memory or time on a real Slurm get more of it (orchestrator/slurm/second_chance.h).
#include <gmock/gmock.h>

#include "base/files.h"
#include "orchestrator/runs/run_state.h"
#include "orchestrator/runs/shortage.h"
#include "tests/slurm/on_slurm.h"

namespace pbn::slurm {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

class Shortages : public OnSlurm {
 protected:
  static std::optional<runs::Shortage> shortage(const CountingSweep& sweep, const std::string& attempt) {
    return runs::shortage_of(sweep.folder(sweep.runs()[0]) / "attempts" / attempt);
  }
  // The memory that Slurm was asked for, job by job.
  std::string memory_of_jobs() const {
    return cluster_->slurm().answer({"squeue", "-h", "-t", "all", "-S", "i", "-o", "%m"});
  }
  std::string history(const CountingSweep& sweep) const {
    return runs::attempt_history(sweep.folder(sweep.runs()[0]), {}).dump(1) +
           cluster_->slurm().answer({"squeue", "-h", "-r", "-t", "all", "-o", "%F_%K %T %l %m %r"});
  }
  bool finishes(const CountingSweep& sweep) const {
    return becomes_true([&] { return sweep.count("done") == 1; }, 90s) && cluster_->wait_for_end();
  }
};

TEST_F(Shortages, AWorkerKilledForLackOfMemoryGetsMore) {
  start();
  const CountingSweep sweep("{steps: 1, exits: [137, 137], last_words: \"Out of memory: Killed process 7\"}", 1);
  ASSERT_EQ(submit(sweep, "retries: 0\n", {"--report"}).code, 0);
  ASSERT_TRUE(finishes(sweep));
  sweep.expect_each_run_once();
  EXPECT_EQ(shortage(sweep, "0001")->had, 200);
  EXPECT_EQ(shortage(sweep, "0001")->next, 300);
  EXPECT_EQ(shortage(sweep, "0002")->next, 450);
  EXPECT_THAT(memory_of_jobs(), AllOf(HasSubstr("200M\n"), HasSubstr("300M\n"), HasSubstr("450M\n")));
  const fs::path folder = fs::directory_iterator(sweep.store() / "sweeps")->path();
  EXPECT_EQ(read_json(folder / "report/aggregate.json").at("outcome").dump(), sweep.reported_outcome());
}

TEST_F(Shortages, PackedRunsAreSubmittedAgainAlone) {
  start();
  const CountingSweep sweep("{steps: 1, exits: [137], last_words: \"Out of memory: Killed process 7\"}", 2);
  const std::string packed = "array: {runs_per_element: 2}\nnode: {cpus: 2, memory: 8000M}\n";
  ASSERT_EQ(submit(sweep, "retries: 0\n" + packed).code, 0);
  ASSERT_TRUE(becomes_true([&] { return sweep.count("done") == 2; }, 90s));
  ASSERT_TRUE(cluster_->wait_for_end());
  sweep.expect_each_run_once();
  EXPECT_EQ(memory_of_jobs(), "400M\n300M\n300M\n") << "half as much again as each run's part";
}

TEST_F(Shortages, MemoryEndsAtTheLimit) {
  start();
  const CountingSweep sweep("{steps: 1, exits: [137, 137, 137], last_words: \"Out of memory\"}", 1);
  ASSERT_EQ(submit(sweep, "retries: 0\nlimits: {memory: 250M}\n").code, 0);
  ASSERT_TRUE(cluster_->wait_for_end());
  ASSERT_TRUE(becomes_true([&] { return attempts(sweep, sweep.runs()[0]) == 2; }, 30s));
  ASSERT_TRUE(cluster_->wait_for_end());
  EXPECT_EQ(shortage(sweep, "0001")->next, 250);
  EXPECT_EQ(shortage(sweep, "0002")->next, 250) << "no more";
  EXPECT_EQ(attempts(sweep, sweep.runs()[0]), 2);
}

TEST_F(Shortages, AJobThatSlurmKilledForItsMemoryGetsMore) {
  start({.kills_over_memory = true});
  const CountingSweep sweep("{steps: 40, milliseconds: 100, mebibytes: 400}", 1);
  for (int submissions = 0; submissions < 4 && sweep.count("done") == 0; ++submissions) {
    ASSERT_EQ(submit(sweep, "retries: 0\n").code, 0);
    ASSERT_TRUE(cluster_->wait_for_end());
  }
  EXPECT_EQ(sweep.count("done"), 1);
  ASSERT_TRUE(shortage(sweep, "0001").has_value()) << history(sweep);
  EXPECT_EQ(shortage(sweep, "0001")->next, 300);
}

}  // namespace
}  // namespace pbn::slurm
