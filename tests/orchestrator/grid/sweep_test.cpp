#include "orchestrator/grid/sweep.h"

#include <gmock/gmock.h>

#include "config/identity.h"
#include "config/run_config.h"
#include "config/schema.h"
#include "tests/orchestrator/grid/grid_text.h"
#include "tests/orchestrator/study.h"

namespace pbn::grid {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Sweep, LabelsShowOnlySettingsThatDiffer) {
  EXPECT_THAT(labels_of(small_sweep("model: {stacks: 1}\n"
                                    "cells:\n"
                                    "  - {model.head: [plain, deep]}\n"
                                    "  - {model.head: pbn, model.groups: [related-5, all], model.width: [32, 64]}\n")),
              ElementsAre("plain", "deep", "pbn related-5 W32", "pbn related-5 W64", "pbn all W32", "pbn all W64"));
  EXPECT_THAT(labels_of(small_sweep("train: {epochs: 2}\n")), ElementsAre("plain"));
  EXPECT_THAT(labels_of(small_sweep("cells: [{train.epochs: [2, 3]}]\n")), ElementsAre("epochs=2", "epochs=3"));
  EXPECT_THAT(labels_of(small_sweep("cells: [{run.kernels: [auto, aten, own]}]\n")),
              ElementsAre("kernels=aten", "kernels=own"))
      << "auto is aten";
}

TEST(Sweep, EqualCellsAreMerged) {
  EXPECT_EQ(small_sweep("cells: [{model.head: [plain, deep]}, {model.head: plain}]\n").cells.size(), 2u);
  EXPECT_EQ(small_sweep("cells: [{model.depth: [1, 2]}]\n", {"model.head=pbn", "model.depth=3"}).cells.size(), 1u);
}

TEST(Sweep, CellsThatDifferOnlyInUnusedSettingsAreMerged) {
  const Sweep sweep = small_sweep("cells: [{model.head: [plain, pbn], model.depth: [1, 2]}]\n");
  EXPECT_THAT(labels_of(sweep), ElementsAre("plain", "pbn D1", "pbn D2"));
  EXPECT_EQ(small_sweep("run.device: cpu\ncells: [{run.kernels: [aten, own]}]\n").cells.size(), 1u);
}

TEST(Sweep, RunIdsDependOnContentAndNotOnNamesOrPaths) {
  const TemporaryFolder elsewhere;
  std::filesystem::copy(small_train_file(), elsewhere.path() / "other.h5");
  const Sweep here = small_sweep("seeds: [1, 2]\n");
  const Sweep there =
      small_sweep("name: other\nseeds: [1, 2]\n", {"data.train=" + (elsewhere.path() / "other.h5").string()});
  ASSERT_EQ(here.cells[0].runs[0].id.size(), 64u);
  EXPECT_EQ(here.cells[0].runs[0].id, there.cells[0].runs[0].id);
  EXPECT_NE(here.cells[0].runs[0].id, here.cells[0].runs[1].id);
  EXPECT_EQ(here.cells[0].id, there.cells[0].id);
}

TEST(Sweep, TheRunIdIsPinned) {
  Json given = {{"model", {{"head", "pbn"}, {"groups", "related-5"}, {"depth", 2}}},
                {"train", {{"precision", "fp32"}, {"epochs", 12}}},
                {"run", {{"ranks", 2}}},
                {"seed", 3}};
  const Json canonical = config::canonical_settings(config::resolve(given, "here"), config::mpii16(), false);
  EXPECT_EQ(config::run_id(config::identity_of(canonical, {{std::string(64, 'a')}, std::string(64, 'b')})),
            "d00d1b777a3ecfd43c1650b1ea7f22d72fe4745c0d1798598b9edff2488f6981");
}

// pbn computes a cell's sections one by one, the worker the whole configuration.
TEST(Sweep, RunIdsEqualThoseThatTheWorkerComputes) {
  const Sweep sweep = small_sweep(
      "seeds: [1, 7]\nrun: {ranks: 2}\ncells:\n"
      "  - {model.head: [plain, pbn], train.learning_rate: [2.5e-4, 1e-3], train.precision: [bf16, fp32]}\n"
      "  - {model.head: pbn, model.stacks: 2, model.fusion: [shared, specific], model.without: [[], [r-ankle]]}\n"
      "  - {model.batch_norm: synchronised, train.accumulate: [1, 2]}\n"
      "  - {train.augment.shear_probability: 0, train.augment.shear: [0.1, 0.2], test.flip: [true, false]}\n"
      "  - {run.kernels: own, run.device: [cuda, cpu], train.epochs: 3}\n");
  EXPECT_EQ(sweep.cells.size(), 8u + 4 + 2 + 1 + 2);
  for (const Cell& cell : sweep.cells) {
    for (const auto& run : cell.runs) {
      const Json config = config::resolve(cell.config_of(run), "");
      const Json identity =
          config::identity_of(config::canonical_settings(config, cell.skeleton(), true),
                              {{cell.train()[0].info.fingerprint}, cell.validation().info.fingerprint});
      EXPECT_EQ(run.id, config::run_id(identity)) << cell.label << identity;
      EXPECT_EQ(cell.id, config::cell_id(identity));
    }
  }
}

TEST(Sweep, GroupsAreFoundInTheCellsTrainingFile) {
  const Sweep sweep = small_sweep("cells: [{model.head: pbn, model.groups: {related: 3}}]\n");
  EXPECT_EQ(sweep.cells[0].setting("model.groups").size(), 3u);
  EXPECT_GT(sweep.cells[0].parameters, 0);
}

TEST(Sweep, SweepsWithMissingDataCanBePlannedButNotRun) {
  const Sweep sweep =
      plan_sweep(parse_grid("data: {train: no.h5, validation: none.h5}\ncells: [{model.head: [plain, pbn]}]\n", "g"));
  EXPECT_EQ(sweep.cells.size(), 2u);
  EXPECT_THAT(sweep.missing, ElementsAre("no.h5", "none.h5"));
  EXPECT_EQ(sweep.cells[0].runs[0].id, "");
  EXPECT_THROW(require_data(sweep), Error);
}

TEST(Sweep, ContradictorySettingsAreRefusedAtTheirPlace) {
  EXPECT_THAT(refusal_by([] { small_sweep("train:\n  global_batch: 15\nrun: {ranks: 2}\n"); }),
              HasSubstr("grid.yaml:2:17: train.global_batch: 15 people cannot be shared evenly"));
  EXPECT_THAT(refusal_by([] { small_sweep("train:\n  precision: tf32\nrun: {device: cpu}\n"); }),
              HasSubstr("grid.yaml:2:14: train.precision: tf32 is a number format of GPUs"));
  EXPECT_THROW(small_sweep("cells: [{model.head: pbn, model.groups: {related: 17}}]\n"), Error);
  EXPECT_THROW(small_sweep("baseline: {model.head: deep}\n"), Error);
}

TEST(Sweep, TheDefaultMetricIsTheHeadlineFigureOfTheData) {
  EXPECT_EQ(small_sweep("name: a\n").metric, "pckh50.all16") << "the data have head sizes";
  EXPECT_EQ(small_sweep("metric: pckh50.hard10\n").metric, "pckh50.hard10");
}

}  // namespace
}  // namespace pbn::grid
