#include "orchestrator/grid/grid.h"

#include <gmock/gmock.h>

#include "orchestrator/grid/grid_advice.h"
#include "tests/orchestrator/grid/grid_text.h"

namespace pbn::grid {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<Json> values_of(const Grid& grid, const std::string& path) {
  std::vector<Json> values;
  for (const Block& block : grid.blocks) {
    for (std::size_t cell = 0; cell < Grid::count_cells(block); ++cell) {
      const Settings settings = grid.settings_of(block, cell);
      values.push_back(settings.contains(path) ? settings.at(path).value : Json());
    }
  }
  return values;
}

TEST(Grid, AnUnknownKeyIsRefusedAtItsPlaceWithASuggestion) {
  EXPECT_EQ(refusal("name: a\nmodel:\n  dept: 2\n"),
            "grid.yaml:3:3: unknown key \"model.dept\"; did you mean \"model.depth\"?");
  EXPECT_EQ(refusal("cells:\n  - {model.widht: [32, 64]}\n"),
            "grid.yaml:2:6: unknown key \"model.widht\"; did you mean \"model.width\"?");
  EXPECT_EQ(refusal("modle: {depth: 2}\n"), "grid.yaml:1:1: unknown key \"modle\"; did you mean \"model\"?");
}

TEST(Grid, ADuplicateKeyIsRefusedNestedOrDotted) {
  EXPECT_THAT(refusal("model: {depth: 1, depth: 2}\n"), HasSubstr("grid.yaml:1:19: \"depth\" was already given at"));
  EXPECT_THAT(refusal("model: {depth: 1}\nmodel.depth: 2\n"), HasSubstr("grid.yaml:2:14: \"model.depth\" was already"));
  EXPECT_THAT(refusal("cells:\n  - {model.depth: 1, model: {depth: 2}}\n"), HasSubstr("grid.yaml:2:30"));
}

TEST(Grid, AValueOfAWrongTypeOrOutOfRangeIsRefusedAtItsPlace) {
  EXPECT_THAT(refusal("model:\n  depth: deep\n"), HasSubstr("grid.yaml:2:10: model.depth: \"deep\" is not allowed"));
  EXPECT_THAT(refusal("cells:\n  - model.stacks: [1, 99]\n"), HasSubstr("grid.yaml:2:23: model.stacks: 99"));
  EXPECT_THAT(refusal("model: {head: plian}\n"), HasSubstr("did you mean \"plain\"?"));
  EXPECT_THAT(refusal("model: {depth: \"1\"}\n"), HasSubstr("grid.yaml:1:16"));  // quoted: text
  EXPECT_THAT(refusal("train: {epochs: 1.5}\n"), HasSubstr("train.epochs"));
  EXPECT_THAT(refusal("seeds: [1, 1]\n"), HasSubstr("seeds: 1 is given twice"));
  EXPECT_THAT(refusal("seed: 3\n"), HasSubstr("write \"seeds: [1, 2, 3]\""));
}

TEST(Grid, OtherThanPlainYamlIsRefused) {
  EXPECT_THAT(refusal("model: {head: plain\n"), HasSubstr("is not valid YAML"));
  EXPECT_THAT(refusal("name: \"\u00fc\"\nmetric: m\xfc\n"), HasSubstr(":2:10: is not UTF-8 text"));
  EXPECT_THAT(refusal("name: &n a\ntrain: &n\n"), HasSubstr("grid.yaml:2"));
  EXPECT_THAT(refusal("model: &m {depth: 1}\ntrain: {<<: *m}\n"), HasSubstr("merge keys are not supported"));
  EXPECT_THAT(refusal("name: a\n---\nname: b\n"), HasSubstr("more than one YAML document"));
  EXPECT_THAT(refusal(",\"H"), HasSubstr("more than one YAML document"));  // yaml-cpp alone would never stop
  EXPECT_THAT(refusal("# nothing\n"), HasSubstr("is empty"));
  EXPECT_THAT(refusal("model:\n"), HasSubstr("grid.yaml:1:1: \"model\" has no value"));
  EXPECT_THAT(refusal("- name: a\n"), HasSubstr("expected settings"));
}

TEST(Grid, UnusedSettingsCauseAWarningWithTheirPlace) {
  const auto advice = [](const std::string& text) { return advice_about(parse_grid(text, "g.yaml")); };
  EXPECT_THAT(advice("model: {head: deep, fusion: specific}"),
              ElementsAre("g.yaml:1:29: no cell uses model.fusion: model.head is deep"));
  EXPECT_THAT(advice("model: {depth: 2}\ncells: [{model.head: [plain, pbn]}]"), IsEmpty());
  EXPECT_THAT(advice("cells:\n  - {model.head: [plain, deep, pbn], model.depth: [1, 2]}"), IsEmpty());
  EXPECT_THAT(advice("cells:\n  - {model.head: pbn, model.depth: 2}\n  - {model.head: deep, model.depth: [1, 3]}"),
              ElementsAre("g.yaml:3:41: no cell uses model.depth: model.head is deep"));
  EXPECT_THAT(advice("cells: [{train.sigma: [1, 10]}]"),
              ElementsAre(HasSubstr("g.yaml:1:27: train.sigma 10.0 is wider than the target's window")));
  EXPECT_THAT(advice("worker: {command: [true]}\nsettings: {head: deep}\nmetric: x"), IsEmpty());
}

TEST(Grid, NumbersAreDecimal) {
  EXPECT_THAT(values_of(parse_grid("train: {epochs: 010}\n", "g"), "train.epochs"), ElementsAre(Json(10)));
  EXPECT_THAT(values_of(parse_grid("train: {learning_rate: 1e-3}\n", "g"), "train.learning_rate"),
              ElementsAre(Json(1e-3)));
}

TEST(Grid, BlocksAddUpAndABlockIsTheProductOfItsLists) {
  const Grid grid = parse_grid(
      "model: {stacks: 3}\n"
      "cells:\n"
      "  - {model.head: [plain, deep]}\n"
      "  - {model.head: pbn, model.depth: [1, 2], model.width: [32, 64]}\n",
      "g");
  EXPECT_THAT(values_of(grid, "model.head"), ElementsAre("plain", "deep", "pbn", "pbn", "pbn", "pbn"));
  EXPECT_THAT(values_of(grid, "model.depth"), ElementsAre(Json(), Json(), 1, 1, 2, 2));
  EXPECT_THAT(values_of(grid, "model.width"), ElementsAre(Json(), Json(), 32, 64, 32, 64));
  EXPECT_THAT(values_of(grid, "model.stacks"), ElementsAre(3, 3, 3, 3, 3, 3));
}

TEST(Grid, KeysOfAZipTakeTheirValuesTogetherBesideTheProduct) {
  const Grid grid = parse_grid(
      "cells:\n"
      "  - {model.stacks: [1, 2], zip: {model: {depth: [1, 2, 3]}, model.width: [64, 48, 32]}, train.epochs: [5, 6]}\n"
      "  - zip: [{model.depth: [1, 2], model.width: [8, 16]}, {train.epochs: [7, 8], model.stacks: [3, 4]}]\n",
      "g");
  EXPECT_THAT(values_of(grid, "model.depth"), ElementsAre(1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3, 1, 1, 2, 2));
  EXPECT_THAT(values_of(grid, "model.width"),
              ElementsAre(64, 64, 48, 48, 32, 32, 64, 64, 48, 48, 32, 32, 8, 8, 16, 16));
  EXPECT_THAT(values_of(grid, "model.stacks"), ElementsAre(1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 4, 3, 4));
  EXPECT_THAT(values_of(grid, "train.epochs"), ElementsAre(5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 7, 8, 7, 8));
}

TEST(Grid, AZipThatCannotBeReadIsRefusedAtItsPlace) {
  EXPECT_EQ(refusal("cells:\n  - zip: {model.depth: [1, 2],\n          model.width: [64, 32, 16]}\n"),
            "grid.yaml:3:24: zip: model.width has 3 values, but model.depth has 2; keys of a zip take their values "
            "together");
  EXPECT_THAT(refusal("cells: [{zip: {train.drops: [0.5, 0.7], model.depth: [1, 2]}}]"),
              HasSubstr("zip: model.depth has 2 values, but train.drops has 1"))
      << "one value that is a list";
  EXPECT_THAT(refusal("cells:\n  - {model.depth: 1, zip: {model.depth: [2]}}\n"),
              HasSubstr("2:28: \"model.depth\" is given"));
  EXPECT_THAT(refusal("cells: [{zip: {}}]"), HasSubstr("1:15: zip: has no keys"));
  EXPECT_THAT(refusal("cells: [{zip: {model.dept: [1]}}]"), HasSubstr("did you mean \"model.depth\"?"));
  EXPECT_THAT(refusal("zip: {model.depth: [1]}"), HasSubstr("1:1: zip belongs in a block of cells"));
  EXPECT_THAT(refusal("cells: [{model.depth: [1]}]\nexclude: [{zip: {model.depth: [1]}}]"),
              HasSubstr("2:12: zip belongs in a block of cells"));
}

TEST(Grid, SetOverridesOneKeyOfAZipAndLeavesTheOthers) {
  const Grid grid =
      parse_grid("cells: [{zip: {model.depth: [1, 2], model.width: [64, 32]}}]", "g", {.set = {"model.depth=3"}});
  EXPECT_THAT(values_of(grid, "model.depth"), ElementsAre(3, 3));
  EXPECT_THAT(values_of(grid, "model.width"), ElementsAre(64, 32));
}

TEST(Grid, AListThatIsAValueOfItsKeyIsNotAListOfAlternatives) {
  EXPECT_THAT(values_of(parse_grid("cells: [{train.drops: [0.7, 0.9]}]\n", "g"), "train.drops"),
              ElementsAre(Json{0.7, 0.9}));
  EXPECT_EQ(values_of(parse_grid("cells: [{train.mean: [0.5, 0.4, 0.3]}]\n", "g"), "train.mean").size(), 1u);
  EXPECT_EQ(
      values_of(parse_grid("cells: [{train.mean: [mpii, dataset, [0.5, 0.4, 0.3]]}]\n", "g"), "train.mean").size(), 3u);
  EXPECT_THAT(values_of(parse_grid("cells: [{train.drops: [[0.7, 0.9], [0.5]]}]\n", "g"), "train.drops"),
              ElementsAre(Json{0.7, 0.9}, Json::array({0.5})));
  EXPECT_THAT(values_of(parse_grid("cells: [{model.groups: [related-5, body-6]}]\n", "g"), "model.groups"),
              ElementsAre("related-5", "body-6"));
  EXPECT_EQ(parse_grid("cells: [{model.groups: [[r-hip, l-hip], [neck]]}]\n", "g").blocks[0][0].values.size(), 1u);
  EXPECT_EQ(parse_grid("cells: [{model.groups: [all, [[r-hip, l-hip], [neck]]]}]\n", "g").blocks[0][0].values.size(),
            2u);
}

TEST(Grid, SetOverridesBaseAndCells) {
  const Grid grid = parse_grid("train: {epochs: 5}\ncells: [{model.depth: [1, 2]}]\n", "g",
                               {.set = {"train.epochs=7", "model.depth=3", "seed=9"}});
  EXPECT_THAT(values_of(grid, "train.epochs"), ElementsAre(7));
  EXPECT_THAT(values_of(grid, "model.depth"), ElementsAre(3)) << "a single value for all cells";
  EXPECT_THAT(grid.seeds, ElementsAre(9u));
  EXPECT_THAT(refusal("name: a\n", {.set = {"train.epoch=7"}}), HasSubstr("did you mean \"train.epochs\"?"));
  EXPECT_THAT(refusal("name: a\n", {.set = {"train.epochs"}}), HasSubstr("has no \"=\""));
}

}  // namespace
}  // namespace pbn::grid
