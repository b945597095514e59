// What the elements of an array know about their runs.
#include "orchestrator/slurm/sweep_submission.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "base/files.h"
#include "orchestrator/runs/attempt.h"
#include "tests/temporary_folder.h"

namespace pbn::slurm {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class ElementsOfASweep : public ::testing::Test {
 protected:
  static grid::Sweep sweep(const std::string& worker) {
    return grid::plan_sweep(grid::parse_grid(
        "name: study\nmetric: value\nseeds: [3, 5, 8]\ncells: [{settings.lr: [0.5]}]\nworker: " + worker, "grid.yaml"));
  }

  std::vector<SlurmElement> elements(const grid::Sweep& sweep, const std::string& profile) const {
    const SlurmProfile read = parse_slurm_profile("time: 60\n" + profile, "cluster.yaml");
    const MissingRuns missing = missing_runs(sweep, store_, {}, 1001, 1001, Packing(read, sweep, store_));
    return elements_of(missing.chunks.at(0), store_, read);
  }

  const TemporaryFolder folder_;
  const runs::RunStore store_{folder_.path()};
};

TEST_F(ElementsOfASweep, OfACommandKnowItsWordsAndTheConfigurations) {
  const grid::Sweep study = sweep("{command: [python3, train.py]}");
  const auto found = elements(study, "retries: 7\nseconds_to_save: 300\n");
  ASSERT_THAT(found, SizeIs(3));
  const SlurmRun& run = found[1].runs.at(0);
  EXPECT_EQ(run.run, study.cells[0].runs[1].id);
  EXPECT_THAT(run.name, HasSubstr(", seed 5"));
  EXPECT_EQ(run.store, folder_.path().string());
  EXPECT_EQ(run.config, study.cells[0].config_of(study.cells[0].runs[1]));
  EXPECT_THAT(run.worker, ElementsAre("python3", "train.py"));
  EXPECT_EQ(run.retries, 7);
  EXPECT_EQ(run.seconds_to_save, 300);
  EXPECT_EQ(run.attempts_before, 0);
}

TEST_F(ElementsOfASweep, OfAScriptKnowItsFilledWords) {
  const grid::Sweep study = sweep("{script: \"train --lr {lr} --seed {seed} --out {run}\"}");
  const SlurmRun run = elements(study, "")[0].runs.at(0);
  EXPECT_THAT(run.worker, ElementsAre("train", "--lr", "0.5", "--seed", "3", "--out", store_.folder(run.run).string()));
}

TEST_F(ElementsOfASweep, HaveAnAbsoluteStoreAndCountEarlierAttempts) {
  const grid::Sweep study = sweep("{command: [work]}");
  const fs::path folder = store_.folder(study.cells[0].runs[2].id);
  make_writable_folder(folder);
  runs::AttemptObserver observer;
  runs::AttemptLease::take(folder, {{"executor", "slurm"}}, observer)->end(70, "failed");
  const runs::RunStore relative(fs::relative(folder_.path()));
  const SlurmProfile profile = parse_slurm_profile("time: 60\n", "cluster.yaml");
  const auto found = elements_of(missing_runs(study, relative, {}, 1001, 1001).chunks.at(0), relative, profile);
  EXPECT_EQ(found[2].runs.at(0).store, fs::absolute(folder_.path()).string());
  EXPECT_EQ(found[2].runs.at(0).attempts_before, 1);
  EXPECT_EQ(found[0].runs.at(0).attempts_before, 0);
}

TEST_F(ElementsOfASweep, CarrySeveralRunsWhenPacked) {
  const auto found = elements(sweep("{command: [work]}"), "array: {runs_per_element: 2}\nnode: {cpus: 16}\n");
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_THAT(found[0].runs, SizeIs(2));
  EXPECT_THAT(found[1].runs, SizeIs(1));
  EXPECT_EQ(found[0].side_by_side, 2);
}

}  // namespace
}  // namespace pbn::slurm
