// Selecting cells and seeds with exclude, --only, --seeds and baseline, and the metric that compares the cells.
#include <gmock/gmock.h>

#include "orchestrator/grid/seed_list.h"
#include "tests/orchestrator/grid/grid_text.h"
#include "tests/orchestrator/study.h"

namespace pbn::grid {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string depths_and_widths =
    "model: {head: pbn}\n"
    "cells:\n"
    "  - {model.head: [plain]}\n"
    "  - {model.depth: [1, 2], model.width: [32, 64, 128]}\n";

std::string small_refusal(const std::string& grid, const GridOptions& options = {}) {
  return refusal_by([&] { small_sweep_with(options, grid); });
}

TEST(GridSelection, ExcludeRemovesCellsThatHaveAllOfTheSettings) {
  EXPECT_THAT(labels_of(small_sweep(depths_and_widths + "exclude: [{model.depth: 2, model.width: [64, 128]}]\n")),
              ElementsAre("plain", "pbn D1 W32", "pbn D1 W64", "pbn D1 W128", "pbn D2 W32"));
}

TEST(GridSelection, ExcludeIgnoresSettingsThatACellDoesNotUse) {
  EXPECT_THAT(labels_of(small_sweep(depths_and_widths + "exclude: [{model.depth: 1}]\n")),
              ElementsAre("plain", "pbn W32", "pbn W64", "pbn W128"));
}

TEST(GridSelection, AnExclusionThatMatchesNoCellIsRefused) {
  EXPECT_THAT(
      small_refusal(depths_and_widths + "exclude:\n  - {model.depth: 2}\n  - {model.depth: 3, model.width: 32}\n"),
      HasSubstr("grid.yaml:7:5: exclude: no cell has model.depth = 3 and model.width = 32"));
  EXPECT_NO_THROW(small_sweep_with({.set = {"model.depth=1"}}, depths_and_widths + "exclude: [{model.depth: 2}]\n"))
      << "--set overrides a key of the exclusion";
}

TEST(GridSelection, OnlySelectsCellsForWhichAllConditionsHold) {
  EXPECT_THAT(labels_of(small_sweep_with({.only = {"model.depth=1", "model.width=32,128"}}, depths_and_widths)),
              ElementsAre("pbn D1 W32", "pbn D1 W128"))
      << "with their labels in the whole grid";
  EXPECT_THAT(labels_of(small_sweep_with({.only = {"model.head=plain"}}, depths_and_widths)), ElementsAre("plain"));
}

TEST(GridSelection, OnlyDoesNotChangeRunIds) {
  const Sweep whole = small_sweep(depths_and_widths),
              one = small_sweep_with({.only = {"model.width=64"}}, depths_and_widths);
  EXPECT_EQ(one.cells[0].runs[0].id, whole.cells[2].runs[0].id);
}

TEST(GridSelection, OnlyThatMatchesNoCellIsRefused) {
  EXPECT_THAT(small_refusal(depths_and_widths, {.only = {"model.depth=3"}}),
              HasSubstr("--only model.depth: no cell has model.depth = 3"));
  EXPECT_THAT(small_refusal(depths_and_widths, {.only = {"model.dept=1"}}), HasSubstr("did you mean \"model.depth\"?"));
  EXPECT_THAT(small_refusal(depths_and_widths, {.only = {"model.depth=deep"}}), HasSubstr("--only model.depth"));
}

TEST(GridSelection, OnlyTakesAListOfPartsAsOneValue) {
  const std::string grid = "cells: [{model.without: [[], [r-ankle, l-ankle]]}]\n";
  EXPECT_THAT(labels_of(small_sweep_with({.only = {R"(model.without=["r-ankle","l-ankle"])"}}, grid)),
              ElementsAre("without r-ankle, l-ankle"));
}

TEST(GridSelection, SeedsCanBeRangesAndLists) {
  EXPECT_THAT(parse_seeds("1..5", ""), ElementsAre(1u, 2u, 3u, 4u, 5u));
  EXPECT_THAT(parse_seeds("1,3,7..9", ""), ElementsAre(1u, 3u, 7u, 8u, 9u));
  EXPECT_THAT(parse_seeds("4294967295", ""), ElementsAre(4294967295u));
  for (const char* wrong : {"", "1..", "5..1", "1,,2", "1,1", "1..3,2", "-1", "1.5", "4294967296", "0..4294967295"}) {
    EXPECT_THROW(parse_seeds(wrong, ""), Error) << wrong;
  }
}

TEST(GridSelection, SeedsOnTheCommandLineReplaceThoseOfTheGrid) {
  EXPECT_THAT(small_sweep("seeds: 1..3\n").grid.seeds, ElementsAre(1u, 2u, 3u));
  EXPECT_THAT(small_sweep_with({.seeds = "7..9"}, "seeds: [1, 2]\n").grid.seeds, ElementsAre(7u, 8u, 9u));
  EXPECT_THAT(small_refusal("seeds: [1]\n", {.seeds = "one"}), HasSubstr("--seeds: seeds: \"one\" is not understood"));
}

TEST(GridSelection, ABaselineThatMatchesNoCellIsRefusedAtItsPlace) {
  EXPECT_THAT(small_refusal("baseline: {model.head: deep}\n"),
              HasSubstr("grid.yaml:1:24: baseline: no cell has model.head"));
  const Sweep sweep = small_sweep(depths_and_widths + "baseline: {model.depth: 1}\n");
  EXPECT_FALSE(sweep.cells[0].is_baseline) << "the plain head has no depth";
  EXPECT_TRUE(sweep.cells[1].is_baseline && sweep.cells[3].is_baseline);
}

TEST(GridSelection, AnUnavailableMetricIsRefusedAtItsPlace) {
  EXPECT_THAT(small_refusal("name: a\nmetric: pckh50.hard11\n"),
              HasSubstr("grid.yaml:2:9: metric: there is no figure \"pckh50.hard11\""));
  EXPECT_THAT(small_refusal("metric: pck20.all16\n"), HasSubstr("there is no figure")) << "this data has head sizes";
}

TEST(GridSelection, AMetricWithoutADotIsCompletedFromTheData) {
  EXPECT_EQ(small_sweep("metric: hard10\n").metric, "pckh50.hard10");
}

TEST(GridSelection, InvalidValuesAreRefusedAtTheirPlace) {
  EXPECT_THAT(
      small_refusal("train: {epochs: 2}\nmodel:\n  head: pbn\n  width: 66\n"),
      HasSubstr(
          "grid.yaml:4:10: model.width: 66 is not allowed; expected a whole number from 4 to 512, a multiple of 4"));
  EXPECT_THAT(small_refusal("train: {global_batch: 64}\n"),
              HasSubstr("grid.yaml:1:23: train.global_batch: 64 is more than the 40 training people"));
  EXPECT_THAT(small_refusal("cells: [{model.head: pbn, model.groups: [[[r-ankle], [l-ankle]], related-5]}]\n"),
              HasSubstr("is in no group"));
}

TEST(GridSelection, AHugeGridIsRefusedBeforeItIsExpanded) {
  std::string grid = "cells:\n  - {";
  for (const char* key : {"sigma", "learning_rate", "rmsprop_decay", "augment.scale", "augment.colour"}) {
    grid += std::string("train.") + key + ": [";
    for (int i = 1; i <= 100; ++i) grid += "0." + std::to_string(100 + i) + (i < 100 ? ", " : "], ");
  }
  EXPECT_THAT(small_refusal(grid + "model.stacks: 1}\n"), HasSubstr("more than 1000000 cells"));
}

}  // namespace
}  // namespace pbn::grid
