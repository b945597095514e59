// `pbn report` as a program.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>

#include "base/files.h"
#include "base/process.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"

namespace pbn::report {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr const char* plain_grid = "name: plain\nseeds: [1, 2]\ncells: [{model.head: plain}]\n";
constexpr const char* deep_grid = "name: deep\nbaseline: {model.head: plain}\ncells: [{model.head: [plain, deep]}]\n";

class ReportCommand : public ::testing::Test {
 protected:
  ReportCommand() {
    write_atomically(folder_ / "plain.yaml", plain_grid);
    write_atomically(folder_ / "deep.yaml", deep_grid);
  }

  std::vector<std::string> command(std::vector<std::string> arguments) const {
    std::vector<std::string> all{built_program("pbn"),
                                 "report",
                                 "--store",
                                 (folder_ / "store").string(),
                                 "--set",
                                 "data.train=" + small_train_file().string(),
                                 "--set",
                                 "data.validation=" + small_validation_file().string()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
  }

  void finish_seed(std::size_t seed) {
    const grid::Sweep sweep = small_sweep(plain_grid);
    finish(store_, sweep.cells[0], sweep.cells[0].runs[seed], 2);
  }

  TemporaryFolder folder_;
  runs::RunStore store_{folder_ / "store"};
};

TEST_F(ReportCommand, GivesEachOfSeveralGridsAFolder) {
  finish_seed(0);
  const CommandOutcome outcome =
      run_program(command({(folder_ / "plain.yaml").string(), (folder_ / "deep.yaml").string(), "--out",
                           (folder_ / "out").string(), "--no-photos"}));
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder_ / "out")) {
    names.push_back(entry.path().filename().string().substr(0, 5));
    EXPECT_TRUE(fs::exists(entry.path() / "index.html"));
  }
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("plain", "deep-"));
}

TEST_F(ReportCommand, NamesAPdfThatCannotBeMadeAndWritesAllOtherFiles) {
  finish_seed(0);
  const fs::path converter = folder_ / "rsvg-convert", out = folder_ / "out";
  write_atomically(converter, "#!/bin/sh\necho 'no fonts here' >&2\nexit 1\n");
  fs::permissions(converter, fs::perms::owner_all);
  fs::create_directories(out / "figures");
  write_atomically(out / "figures" / "results.pdf", "of other results");
  const CommandOutcome outcome = run_program(command({(folder_ / "plain.yaml").string(), "--out", out.string()}),
                                             {{"PATH", folder_.path().string() + ":" + std::getenv("PATH")}});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("results.pdf: rsvg-convert failed: no fonts here"));
  for (const char* file : {"aggregate.json", "cells.csv", "runs.csv", "report.md", "tables.tex", "index.html"}) {
    EXPECT_TRUE(fs::exists(out / file)) << file;
  }
  EXPECT_TRUE(fs::exists(out / "figures" / "results.svg"));
  EXPECT_FALSE(fs::exists(out / "figures" / "results.pdf"));  // it showed other results
}

TEST_F(ReportCommand, NamesTheBaselinesThatOnlyLeavesOut) {
  const auto output_with = [&](const std::string& only) {
    return run_program(command({(folder_ / "deep.yaml").string(), "--no-photos", "--only", only})).output;
  };
  EXPECT_THAT(output_with("model.head=deep"),
              HasSubstr("--only leaves a baseline out: plain. No cell is compared with a baseline."));
  EXPECT_THAT(output_with("model.head=deep,plain"), ::testing::Not(HasSubstr("--only leaves")));
}

TEST_F(ReportCommand, PrintsTheAggregateAsJson) {
  finish_seed(0);
  const CommandOutcome outcome =
      run_program(command({(folder_ / "plain.yaml").string(), "--json", "--out", (folder_ / "out").string()}));
  EXPECT_EQ(Json::parse(outcome.output), read_json(folder_ / "out" / "aggregate.json"));
}

TEST_F(ReportCommand, WatchesUntilAllRunsHaveAResult) {
  finish_seed(0);
  Process process({command({(folder_ / "plain.yaml").string(), "--watch", "--interval", "0.05", "--no-photos", "--out",
                            (folder_ / "out").string()}),
                   {},
                   folder_ / "log",
                   -1});
  for (int wait = 0; wait < 200 && !fs::exists(folder_ / "out" / "figures"); ++wait) usleep(20000);
  finish_seed(1);
  EXPECT_EQ(process.wait(), 0);
  const std::string log = read_file(folder_ / "log");
  EXPECT_THAT(log, HasSubstr("plain: 1 of 2 runs have a result"));
  EXPECT_THAT(log, HasSubstr("plain: 2 of 2 runs have a result"));
  EXPECT_THAT(read_file(folder_ / "out" / "report.md"), HasSubstr(" ± "));
}

}  // namespace
}  // namespace pbn::report
