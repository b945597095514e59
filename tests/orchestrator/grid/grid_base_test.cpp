// Base files: the settings of a data set, which a grid overrides.
#include <gmock/gmock.h>

#include "base/error.h"
#include "base/files.h"
#include "orchestrator/grid/sweep.h"
#include "tests/data/error_of.h"
#include "tests/temporary_folder.h"

namespace pbn::grid {
namespace {

using ::testing::HasSubstr;

class GridBase : public testing::Test {
 protected:
  GridBase() {
    make_writable_folder(folder_ / "bases");
    write_atomically(folder_ / "bases/small.yaml",
                     "data: {train: s.h5}\ntrain: {epochs: 3, sigma: 1}\nmetric: all14\n");
    write_atomically(folder_ / "other.yaml", "train: {epochs: 7}\n");
  }

  Grid read(const std::string& text, const GridOptions& options = {}) const {
    write_atomically(folder_ / "study.yaml", text);
    return read_grid(folder_ / "study.yaml", options);
  }

  std::string refusal(const std::string& text, const GridOptions& options = {}) const {
    return data::error_of([&] { read(text, options); }).what();
  }

  TemporaryFolder folder_;
};

TEST_F(GridBase, TheGridOverridesTheBase) {
  const Grid grid = read("base: bases/small.yaml\ntrain: {epochs: 5}\n");
  EXPECT_EQ(grid.base.at("train.epochs").value, 5);
  EXPECT_EQ(grid.base.at("train.sigma").value, 1.0);
  EXPECT_EQ(grid.base.at("data.train").value, Json::array({"s.h5"}));
  EXPECT_EQ(grid.question.figure.name.value, "all14");
  EXPECT_EQ(read("base: bases/small.yaml\nmetric: hard10\n").question.figure.name.value, "hard10");
}

TEST_F(GridBase, TheNameOfTheSweepJoinsBothNames) {
  EXPECT_EQ(read("base: bases/small.yaml\n").name, "study-small");
  EXPECT_EQ(read("name: depth\nbase: bases/small.yaml\n", {.base = (folder_ / "other.yaml").string()}).name,
            "depth-other");
  EXPECT_EQ(read("name: depth\n").name, "depth");
}

TEST_F(GridBase, TheCommandLineCanReplaceTheBase) {
  const Grid grid = read("base: bases/small.yaml\n", {.base = (folder_ / "other.yaml").string()});
  EXPECT_EQ(grid.base.at("train.epochs").value, 7);
  EXPECT_FALSE(grid.base.contains("train.sigma"));
}

TEST_F(GridBase, SetOverridesBoth) {
  EXPECT_EQ(read("base: bases/small.yaml\n", {.set = {"train.epochs=9"}}).base.at("train.epochs").value, 9);
}

TEST_F(GridBase, ErrorsInTheBaseNameItsLines) {
  write_atomically(folder_ / "bases/small.yaml", "train: {epochs: 3}\ntrain.epochs: 4\n");
  EXPECT_THAT(refusal("base: bases/small.yaml\n"), HasSubstr("small.yaml:2:15: \"train.epochs\" was already given"));
  write_atomically(folder_ / "bases/small.yaml", "model: {depth: 1}\n");
  EXPECT_THAT(refusal("base: bases/small.yaml\n"),
              HasSubstr("small.yaml:1:1: \"model\" does not belong in a base file"));
}

TEST_F(GridBase, ExpectedDataGiveNetworkSizesBeforeTheFilesExist) {
  write_atomically(folder_ / "bases/small.yaml",
                   "data: {train: no.h5, validation: none.h5}\n"
                   "expected: {skeleton: mpii16, box_pixels: 256}\n");
  const Sweep sweep =
      plan_sweep(read("base: bases/small.yaml\ncells:\n  - {model.head: plain}\n"
                      "  - {model.head: pbn, model.groups: {related: 3}}\n"));
  EXPECT_GT(sweep.cells[0].parameters, 1'000'000);
  EXPECT_GT(sweep.cells[0].gflop_per_image, 1);
  EXPECT_EQ(sweep.cells[0].id, "");
  EXPECT_EQ(sweep.cells[1].parameters, 0) << "its groups have to be found in the missing data";
  EXPECT_EQ(read("expected: {skeleton: lsp14, box_pixels: 64}\nbase: bases/small.yaml\n").expected->box_pixels, 64);
  EXPECT_THAT(refusal("expected: {skeleton: coco18, box_pixels: 64}\n"), HasSubstr("study.yaml:1:"));
  EXPECT_THAT(refusal("expected: {skeleton: lsp14, box_pixels: 100}\n"), HasSubstr("a multiple of 64"));
}

TEST_F(GridBase, AMissingBaseIsRefusedAtItsPlace) {
  EXPECT_THAT(refusal("name: a\nbase: bases/smal.yaml\n"), HasSubstr("study.yaml:2:7: there is no base file"));
  EXPECT_THAT(refusal("name: a\n", {.base = "none.yaml"}), HasSubstr("--base: there is no base file none.yaml"));
}

TEST_F(GridBase, AGridWithAnExternalWorkerCannotHaveABase) {
  EXPECT_THAT(refusal("worker: {command: w}\nmetric: m\nbase: bases/small.yaml\n"), HasSubstr("study.yaml:3:7"));
}

}  // namespace
}  // namespace pbn::grid
