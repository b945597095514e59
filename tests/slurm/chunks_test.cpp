#include "orchestrator/slurm/chunks.h"

#include <gmock/gmock.h>

#include <limits>

#include "base/files.h"
#include "orchestrator/runs/attempt.h"
#include "orchestrator/runs/shortage.h"
#include "tests/temporary_folder.h"

namespace pbn::slurm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int any_number = std::numeric_limits<int>::max();

class SlurmChunks : public ::testing::Test {
 protected:
  static grid::Sweep sweep(const std::string& more) {
    return grid::plan_sweep(grid::parse_grid("name: study\nmetric: value\nseeds: 1..5\n" + more, "grid.yaml"));
  }

  const TemporaryFolder folder_;
  const runs::RunStore store_{folder_.path()};
  const grid::Sweep sweep_ = sweep("worker: {command: [work]}\ncells: [{}]\n");
  const std::vector<pbn::grid::Run>& runs_ = sweep_.cells[0].runs;
};

std::vector<int> sizes(const MissingRuns& missing) {
  std::vector<int> sizes;
  for (const SlurmChunk& chunk : missing.chunks) sizes.push_back(chunk.runs());
  return sizes;
}

TEST_F(SlurmChunks, RunsThatLackedMemoryAreInAnArrayOfTheirOwn) {
  const auto attempt = store_.folder(runs_[2].id) / "attempts/0001";
  std::filesystem::create_directories(attempt);
  runs::record_shortage(attempt, {runs::Shortage::memory, 200, 300});
  const SlurmProfile profile = parse_slurm_profile("time: 10\nmemory: 200M\n", "cluster.yaml");
  const MissingRuns missing = missing_runs(sweep_, store_, {}, 1001, any_number, {}, Sizing(profile, sweep_, store_));
  EXPECT_THAT(sizes(missing), ElementsAre(1, 4)) << "the greatest needs first";
  EXPECT_EQ(missing.chunks[0].need.memory_mib, 300);
  EXPECT_EQ(missing.chunks[1].need, JobNeed());
}

TEST_F(SlurmChunks, HaveAtMostTheAllowedSize) {
  EXPECT_THAT(sizes(missing_runs(sweep_, store_, {}, 1001, any_number)), ElementsAre(5));
  EXPECT_THAT(sizes(missing_runs(sweep_, store_, {}, 2, any_number)), ElementsAre(2, 2, 1));
}

TEST_F(SlurmChunks, LeaveOutCompletedCancelledHeldAndQueuedRuns) {
  make_writable_folder(store_.folder(runs_[0].id));
  write_json(store_.folder(runs_[0].id) / "result.json",
             {{"run", runs_[0].id}, {"outcome", {{"figures", {{"value", 1}}}}}});
  make_writable_folder(store_.folder(runs_[1].id));
  write_atomically(store_.folder(runs_[1].id) / "cancelled", "");
  runs::AttemptObserver observer;
  make_writable_folder(store_.folder(runs_[2].id));
  const auto attempt = runs::AttemptLease::take(store_.folder(runs_[2].id), {{"executor", "local"}}, observer);
  ASSERT_TRUE(attempt);
  const MissingRuns missing = missing_runs(sweep_, store_, {runs_[3].id}, 1001, any_number);
  EXPECT_EQ(missing.finished, 1);
  EXPECT_EQ(missing.cancelled, 1);
  EXPECT_EQ(missing.held, 1);
  EXPECT_EQ(missing.queued, 1);
  ASSERT_EQ(missing.submitted(), 1);
  EXPECT_EQ(missing.chunks[0].elements[0][0].run->id, runs_[4].id);
}

TEST_F(SlurmChunks, FillOnlyTheFreePlacesOfTheQueue) {
  const MissingRuns missing = missing_runs(sweep_, store_, {}, 2, 3);
  EXPECT_THAT(sizes(missing), ElementsAre(2, 1));
  EXPECT_EQ(missing.waiting, 2);
  EXPECT_EQ(missing_runs(sweep_, store_, {}, 2, -1).waiting, 5);
}

TEST_F(SlurmChunks, ASingleProcessNeedsNoLauncher) {
  EXPECT_FALSE(missing_runs(sweep_, store_, {}, 1001, any_number).chunks[0].is_launched);
  const grid::Sweep ranks = sweep("worker: {command: [work], ranks: 4}\ncells: [{}]\n");
  const MissingRuns missing = missing_runs(ranks, store_, {}, 1001, any_number);
  EXPECT_TRUE(missing.chunks[0].is_launched);
  EXPECT_EQ(missing.chunks[0].ranks, 4);
}

TEST(SharesOfArrays, AddUpToTheAllowedNumber) {
  EXPECT_THAT(shares_of_arrays(3, 0), IsEmpty());
  EXPECT_THAT(shares_of_arrays(1, 8), ElementsAre(8));
  EXPECT_THAT(shares_of_arrays(3, 8), ElementsAre(3, 3, 2));
  EXPECT_THAT(shares_of_arrays(3, 2), ElementsAre(1, 1));  // the third array begins when the first has ended
}

}  // namespace
}  // namespace pbn::slurm
