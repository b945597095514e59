// Estimates of a sweep's cost from measured runs.
#include <gmock/gmock.h>

#include <fmt/format.h>

#include "base/files.h"
#include "orchestrator/costs/plan.h"
#include "orchestrator/runs/run_store.h"
#include "tests/orchestrator/study.h"

namespace pbn::costs {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string heads = "seeds: [1, 2]\ntrain: {precision: fp32, epochs: 3}\ncells: [{model.head: [plain, deep]}]\n";

class Costs : public testing::Test {
 protected:
  Plan plan(const grid::Sweep& sweep) const { return plan_of(sweep, store_, {}); }

  void finish_with(const grid::Cell& cell, const pbn::grid::Run& run, double seconds, double memory) const {
    Json result = result_of(cell, run, 1);
    result["identity"] = {{"train.precision", cell.setting("train.precision")}};
    result["gflop_per_image"] = cell.gflop_per_image;
    result["measured"]["seconds"] = seconds;
    result["measured"]["images_per_second"] = static_cast<double>(cell.images) / seconds;
    result["measured"]["ranks"] = cell.ranks();
    result["measured"]["peak_memory_mib"] = memory;
    make_writable_folder(store_.folder(run.id));
    write_json(store_.folder(run.id) / "result.json", result);
  }

  TemporaryFolder folder_;
  const runs::RunStore store_{folder_.path()};
};

TEST_F(Costs, AreUnknownWithoutMeasurementsExceptDiskSpace) {
  const grid::Sweep sweep = small_sweep(heads);
  const Plan nothing = plan(sweep);
  EXPECT_EQ(nothing.runs, 4u);
  EXPECT_EQ(nothing.runs_without_estimate, 4u);
  EXPECT_FALSE(nothing.cells[0].estimate.seconds);
  EXPECT_GE(*nothing.cells[0].estimate.disk_bytes, 7 * 4 * sweep.cells[0].parameters)
      << "three checkpoints and weights";
}

TEST_F(Costs, OfACellComeFromItsOwnRuns) {
  const grid::Sweep sweep = small_sweep(heads);
  finish_with(sweep.cells[0], sweep.cells[0].runs[0], 60, 512);
  const Plan planned = plan(sweep);
  EXPECT_THAT(planned.cells[0].states, ElementsAre(runs::RunState::completed, runs::RunState::pending));
  EXPECT_EQ(planned.cells[0].estimate.seconds, 60);
  EXPECT_EQ(planned.cells[0].estimate.peak_memory_mib, 512);
  EXPECT_FALSE(planned.cells[0].estimate.is_scaled);
}

TEST_F(Costs, AreToldInCoreAndGpuHours) {
  const grid::Sweep sweep = small_sweep_with({.set = {"run.ranks=2", "run.threads=3"}}, heads);
  finish_with(sweep.cells[0], sweep.cells[0].runs[0], 3600, 512);
  EXPECT_DOUBLE_EQ(plan(sweep).core_hours, plan(sweep).seconds / 3600 * 2 * 3);
  EXPECT_EQ(plan(sweep).gpu_hours, 0);
  const fs::path file = store_.folder(sweep.cells[0].runs[0].id) / "result.json";
  Json result = read_json(file);
  result["measured"]["device"] = "NVIDIA H200 (GPU-0a1b2c)";
  write_json(file, result);
  EXPECT_DOUBLE_EQ(plan(sweep).gpu_hours, plan(sweep).seconds / 3600 * 2);
}

TEST_F(Costs, OfOtherCellsAreScaledFromTheNearestCell) {
  const grid::Sweep sweep = small_sweep(heads);
  finish_with(sweep.cells[0], sweep.cells[0].runs[0], 60, 512);
  const double ratio = sweep.cells[1].gflop_per_image / sweep.cells[0].gflop_per_image;
  const Plan planned = plan(sweep);
  EXPECT_DOUBLE_EQ(*planned.cells[1].estimate.seconds, 60 * ratio);
  EXPECT_TRUE(planned.cells[1].estimate.is_scaled);
  EXPECT_DOUBLE_EQ(planned.seconds, 60 + 2 * 60 * ratio) << "one run of the first cell is done";
  EXPECT_FALSE(plan(small_sweep_with({.set = {"train.precision=bf16"}}, heads)).cells[1].estimate.seconds);
  EXPECT_FALSE(plan(small_sweep_with({.set = {"run.ranks=2"}}, heads)).cells[1].estimate.seconds);
}

TEST_F(Costs, CanComeFromOtherSweeps) {
  const grid::Sweep other = small_sweep_with({.set = {"train.epochs=7"}}, heads);
  finish_with(other.cells[0], other.cells[0].runs[0], 70, 512);
  EXPECT_NEAR(*plan(small_sweep(heads)).cells[0].estimate.seconds, 30, 1e-9) << "3 epochs instead of 7";
}

TEST_F(Costs, CanComeFromATryOfTheCell) {
  const grid::Sweep sweep = small_sweep(heads);
  const grid::Cell& cell = sweep.cells[1];
  keep_try(
      store_, cell,
      {{"images_per_second", 10.0}, {"peak_memory_mib", 300}, {"ranks", 1}, {"gflop_per_image", cell.gflop_per_image}});
  const Plan planned = plan(sweep);
  EXPECT_DOUBLE_EQ(*planned.cells[1].estimate.seconds, 3 * 40 / 10.0) << "epochs x people / speed";
  EXPECT_FALSE(planned.cells[1].estimate.is_scaled);
  EXPECT_TRUE(planned.cells[0].estimate.is_scaled);
}

TEST_F(Costs, OfAnExternalWorkerAreTheMeanOfItsRuns) {
  const grid::Sweep sweep = grid::plan_sweep(
      grid::parse_grid("worker: {command: w}\nmetric: m\nsettings: {a: 1}\ncells: [{settings.a: [1, 2]}]\n", "g"));
  const pbn::grid::Run& run = sweep.cells[0].runs[0];
  make_writable_folder(store_.folder(run.id));
  write_json(store_.folder(run.id) / "result.json",
             {{"run", run.id}, {"outcome", {{"figures", {{"m", 1}}}}}, {"measured", {{"seconds", 5}}}});
  const Plan planned = plan(sweep);
  EXPECT_EQ(planned.cells[1].estimate.seconds, 5);
  EXPECT_TRUE(planned.cells[1].estimate.is_scaled);
  EXPECT_EQ(planned.done, 1u);
}

TEST_F(Costs, FoldersOfManyRunsAreFoundByListing) {
  std::vector<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.push_back(fmt::format("{:02x}{:010}{:052}", i % 256, i, 0));
  make_writable_folder(store_.folder(ids[700]));
  const std::vector<bool> known = runs::have_folders(store_, ids);
  EXPECT_EQ(std::count(known.begin(), known.end(), true), 1);
  EXPECT_TRUE(known[700]);
  EXPECT_THAT(runs::have_folders(store_, {ids[700], ids[3], ""}), ElementsAre(true, false, false))
      << "of few runs, too";
}

TEST(SeedAdvice, GivesTheNumberOfSeedsThatTheTestsNeed) {
  const auto advice = [](const std::string& seeds, const std::string& depths) {
    return seed_advice(small_sweep("seeds: " + seeds +
                                   "\nmodel: {head: pbn}\nbaseline: {model.depth: 1}\ncells: [{model.depth: " + depths +
                                   "}]\n"));
  };
  const auto three = advice("1..3", "[1, 2]");
  EXPECT_DOUBLE_EQ(three->smallest_p, 2.0 / 8);
  EXPECT_EQ(three->needed, 6u) << "2/2^6 is 0.031";
  EXPECT_THAT(three->sentence(), HasSubstr("--seeds 1..6"));
  EXPECT_EQ(advice("1..3", "[0, 1, 2]")->needed, 7u) << "Holm's correction doubles the smaller of two p-values";
  EXPECT_TRUE(advice("1..6", "[1, 2]")->is_enough());
  EXPECT_FALSE(advice("1..3", "[1]")) << "nothing is compared";
  const auto rule = advice("{until: decided, least: 3, most: 5}", "[1, 2]");
  EXPECT_EQ(rule->needed, 6u) << "of a sequential test";
  EXPECT_THAT(rule->sentence(), HasSubstr("6 would do: most: 6"));
  EXPECT_TRUE(advice("{until: decided}", "[0, 1, 2]")->is_enough());
  EXPECT_EQ(advice("1..3\nmetric: {alpha: 0.025}", "[1, 2]")->needed, 7u);
}

}  // namespace
}  // namespace pbn::costs
