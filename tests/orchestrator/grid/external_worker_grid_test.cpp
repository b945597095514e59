// Grids whose runs are performed by an external worker.
#include <gmock/gmock.h>

#include "tests/orchestrator/grid/grid_text.h"

namespace pbn::grid {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string optimiser_grid =
    "worker: {command: [python3, train.py], ranks: 2}\n"
    "settings: {optimiser: {name: sgd, rate: 0.1}, epochs: 010}\n"
    "seeds: [1, 2]\n"
    "baseline: {settings.optimiser.name: sgd}\n"
    "metric: accuracy\n";

TEST(ExternalWorkerGrid, SettingsVaryLikeThoseOfPbnWorker) {
  const Sweep sweep = sweep_of(optimiser_grid +
                               "cells:\n  - {settings.optimiser.rate: [0.1, 0.01]}\n"
                               "  - {settings: {optimiser: {name: adam}}, settings.sizes: [[8, 8], [16]]}\n");
  EXPECT_THAT(labels_of(sweep), ElementsAre("name=sgd rate=0.1", "name=sgd rate=0.01", "name=adam rate=0.1 sizes=[8,8]",
                                            "name=adam rate=0.1 sizes=[16]"));
  EXPECT_TRUE(sweep.cells[0].is_baseline);
  EXPECT_EQ(sweep.metric, "accuracy");
}

TEST(ExternalWorkerGrid, AZippedCellIsTheSameRunAsOneThatIsWrittenOut) {
  const Sweep zipped = sweep_of(
      optimiser_grid + "cells: [{zip: {settings.optimiser.rate: [0.1, 0.01], settings.sizes: [[8, 8], [16]]}}]\n");
  const Sweep written = sweep_of(optimiser_grid +
                                 "cells:\n  - {settings.optimiser.rate: 0.1, settings.sizes: [[8, 8]]}\n"
                                 "  - {settings.optimiser.rate: 0.01, settings.sizes: [[16]]}\n");
  EXPECT_THAT(labels_of(zipped), ElementsAre("rate=0.1 sizes=[8,8]", "rate=0.01 sizes=[16]"));
  EXPECT_EQ(zipped.folder_name(), written.folder_name());
}

TEST(ExternalWorkerGrid, ConfigJsonHasTheRunIdTheSeedTheWorkerAndTheSettings) {
  const Sweep sweep = sweep_of(optimiser_grid);
  const Cell& cell = sweep.cells[0];
  EXPECT_EQ(cell.config_of(cell.runs[1]), Json::parse(R"({"run": ")" + cell.runs[1].id + R"(", "seed": 2,
                            "worker": {"command": ["python3", "train.py"], "ranks": 2},
                            "settings": {"optimiser": {"name": "sgd", "rate": 0.1}, "epochs": 10}})"));
  EXPECT_EQ(cell.ranks(), 2);
  EXPECT_THAT(cell.worker().command, ElementsAre("python3", "train.py"));
  EXPECT_EQ(cell.parameters, 0) << "unknown";
}

TEST(ExternalWorkerGrid, RanksThreadsDeviceAndCheckpointTimesAreToldAsWithPbnWorker) {
  const std::string grid = "worker: {command: w}\nsettings: {a: 1}\n";
  const Cell cell = sweep_of(grid + "run: {ranks: 2, threads: 4}\nrun.checkpoint_seconds: 60\n",
                             {.set = {"run.device=cpu", "run.threads=3"}})
                        .cells[0];
  EXPECT_EQ(cell.ranks(), 2);
  EXPECT_EQ(cell.worker().threads(), 3);
  EXPECT_FALSE(cell.worker().wants_device());
  EXPECT_EQ(
      cell.config_of(cell.runs[0])["worker"],
      Json::parse(R"({"command": ["w"], "ranks": 2, "threads": 3, "device": "cpu", "checkpoint_seconds": 60.0})"));
  EXPECT_EQ(cell.id, sweep_of(grid).cells[0].id) << "they are not in the identity";
}

TEST(ExternalWorkerGrid, OtherSettingsOfTheExecutionAreRefused) {
  const std::string grid = "worker: {command: w, ranks: 2}\nsettings: {a: 1}\n";
  EXPECT_THAT(refusal(grid + "run: {bucket_mib: 1}\n"), HasSubstr("3:7: run.bucket_mib is a setting of pbn_worker"));
  EXPECT_THAT(refusal(grid + "run: {rank: 1}\n"), HasSubstr("3:7: unknown key \"run.rank\""));
  EXPECT_THAT(refusal(grid + "run: {threads: many}\n"), HasSubstr("run.threads"));
  EXPECT_THAT(refusal(grid + "run: {ranks: 4}\n"), HasSubstr("run.ranks and worker.ranks are the same"));
  EXPECT_THAT(refusal(grid, {.set = {"run.bucket_mib=1"}}), HasSubstr("--set run.bucket_mib: run.bucket_mib is"));
}

TEST(ExternalWorkerGrid, TheRunIdDependsOnCommandSettingsAndSeed) {
  const auto id = [](const std::string& text) { return sweep_of(text).cells[0].runs[0].id; };
  const std::string run = id(optimiser_grid);
  EXPECT_EQ(run, "928f93c40c1ce3f70dcaa528db46ef668b825923cf8c667dcd30cdf8daf86d27") << "pinned";
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = optimiser_grid;
    return text.replace(text.find(from), from.size(), to);
  };
  EXPECT_NE(id(with("train.py", "other.py")), run);
  EXPECT_NE(id(with("0.1", "0.2")), run);
  EXPECT_NE(id(with("[1, 2]", "[3]")), run);
  EXPECT_EQ(id(with("ranks: 2", "ranks: 4")), run) << "ranks are not in the identity";
  EXPECT_EQ(id("name: another\n" + optimiser_grid), run);
}

TEST(ExternalWorkerGrid, NumbersAndTextKeepTheirTypes) {
  const auto value = [](const std::string& text) {
    return sweep_of("worker: {command: w}\nmetric: m\nsettings: {a: " + text + "}\n").cells[0].setting("settings.a");
  };
  EXPECT_EQ(value("010"), 10);
  EXPECT_EQ(value("1e-3"), 1e-3);
  EXPECT_EQ(value("\"010\""), "010");
  EXPECT_EQ(value("true"), true);
  EXPECT_EQ(value("[1, [x, 2.5]]"), Json::parse(R"([1, ["x", 2.5]])"));
}

TEST(ExternalWorkerGrid, MistakesAreRefusedAtTheirPlace) {
  EXPECT_THAT(
      refusal(optimiser_grid + "model: {depth: 1}\n"),
      HasSubstr(
          "grid.yaml:6:1: \"model\" is a setting of pbn_worker; settings of an external worker go under \"settings\""));
  EXPECT_THAT(refusal("settings: {a: 1}\n"), HasSubstr("grid.yaml:1:1: \"settings\" belong to an external worker"));
  EXPECT_THAT(refusal("worker: {comand: x}\nmetric: m\n"), HasSubstr("did you mean \"command\"?"));
  EXPECT_THAT(refusal("worker: {ranks: 2}\nmetric: m\n"), HasSubstr("worker: has no command"));
  EXPECT_THAT(refusal("worker: {command: x, ranks: 0}\nmetric: m\n"), HasSubstr("grid.yaml:1:29: worker.ranks: 0"));
  EXPECT_THAT(refusal(optimiser_grid + "settings.epochs: 3\n"), HasSubstr("was already given at grid.yaml:2"));
}

TEST(ExternalWorkerGrid, AKeyHasTheSameTypeInEveryCell) {
  EXPECT_THAT(refusal(optimiser_grid + "cells: [{settings.epochs: [5, five]}]\n"),
              HasSubstr("grid.yaml:6:31: settings.epochs: \"five\" is text, and 10 at grid.yaml:2"));
  EXPECT_THAT(refusal(optimiser_grid + "cells: [{settings.optimiser: 1}]\n"),
              HasSubstr("\"settings.optimiser\" itself at"));
  EXPECT_NO_THROW(sweep_of(optimiser_grid + "cells: [{settings.optimiser.rate: [1, 0.5]}]\n"));
}

TEST(ExternalWorkerGrid, UnknownKeysAreRefusedWithASuggestion) {
  EXPECT_THAT(refusal(optimiser_grid, {.set = {"settings.epoch=3"}}), HasSubstr("did you mean \"settings.epochs\"?"));
  EXPECT_THAT(refusal(optimiser_grid, {.only = {"settings.epoch=3"}}), HasSubstr("did you mean \"settings.epochs\"?"));
  EXPECT_THAT(refusal(optimiser_grid + "exclude: [{settings.epoch: 3}]\n"),
              HasSubstr("no cell has a setting \"settings.epoch\""));
  const Sweep sweep = sweep_of(optimiser_grid, {.set = {"settings.epochs=020"}});
  EXPECT_EQ(sweep.cells[0].setting("settings.epochs"), 20);
}

}  // namespace
}  // namespace pbn::grid
