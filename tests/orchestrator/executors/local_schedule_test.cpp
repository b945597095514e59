// The order in which runs start, with sleeps in place of workers.
#include "orchestrator/executors/local_schedule.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "base/files.h"
#include "tests/orchestrator/study.h"

namespace pbn::executors {
namespace {

// Runs with seeds above 100 need the whole machine; other runs need one processor. All take 60 ms.
class Sleeps : public LocalWork {
 public:
  bool is_wanted(const grid::Run&) const override { return true; }
  bool is_done(const grid::Run& run) const override { return std::filesystem::exists(folder_ / run.id); }
  MachineNeeds needs(const grid::Cell& cell) const override {
    return {cell.runs.front().seed > 100 ? static_cast<int>(whole_machine().processors.size()) : 1, 0, 0};
  }
  WorkerTask task(const grid::Cell&, const grid::Run& run) const override {
    WorkerTask task;
    task.name = std::to_string(run.seed);
    task.folder = folder_ / ("run " + run.id);
    make_writable_folder(task.folder);
    task.command = {"sh", "-c", "cd \"$PBN_RUN/..\"; echo $1 >> order; sleep 0.06; touch $1", "sh", task.name};
    task.verdict = [this, id = run.id] {
      return runs::ResultVerdict{
          std::filesystem::exists(folder_ / id) ? runs::ResultVerdict::whole : runs::ResultVerdict::absent, ""};
    };
    return task;
  }
  std::string unit() const override { return "runs"; }
  std::int64_t units(const grid::Cell&) const override { return 1; }
  std::optional<std::int64_t> units_done(const grid::Cell&, const Json&) const override { return {}; }
  std::string result_in_words(const grid::Run&) const override { return "slept"; }

  std::vector<int> order() const {
    std::ifstream file(folder_ / "order");
    std::vector<int> seeds;
    for (int seed = 0; file >> seed;) seeds.push_back(seed);
    return seeds;
  }

 private:
  TemporaryFolder folder_;
};

// One cell for each seed, in this order.
grid::Sweep sweep_of(const std::vector<std::uint32_t>& seeds) {
  grid::Sweep sweep;
  for (const std::uint32_t seed : seeds) {
    grid::Cell cell;
    cell.label = std::to_string(seed);
    cell.runs.push_back({seed, std::to_string(seed)});
    sweep.cells.push_back(cell);
  }
  return sweep;
}

TEST(LocalSchedule, ARunThatFitsOvertakesOneThatHasToWait) {
  if (whole_machine().processors.size() < 2) GTEST_SKIP() << "needs two processors";
  const Sleeps work;
  run_locally(sweep_of({1, 101, 2}), work, "sleeps", {});
  ASSERT_EQ(work.order().size(), 3u);
  EXPECT_EQ(work.order().back(), 101);  // the others were started together
}

TEST(LocalSchedule, ALargeRunIsOvertakenALimitedNumberOfTimes) {
  if (whole_machine().processors.size() < 2) GTEST_SKIP() << "needs two processors";
  const Sleeps work;
  std::vector<std::uint32_t> seeds{1, 101};
  for (std::uint32_t seed = 2; seed <= 40; ++seed) seeds.push_back(seed);
  run_locally(sweep_of(seeds), work, "sleeps", {});
  const std::vector<int> order = work.order();
  ASSERT_EQ(order.size(), 41u);
  const auto place = std::find(order.begin(), order.end(), 101) - order.begin();
  EXPECT_GE(place, 2);
  EXPECT_LE(place, 1 + 16);
}

}  // namespace
}  // namespace pbn::executors
