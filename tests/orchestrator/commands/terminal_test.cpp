// What commands show on a terminal of 80 columns and 24 lines, as tmux captures it.
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "base/files.h"
#include "base/text.h"
#include "tests/becomes_true.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"

namespace pbn::commands {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A worker that reports progress until the file GO exists, and then writes its result.
constexpr const char* worker = R"sh(#!/bin/bash
while [ "$1" != --run ]; do shift; done
step=0
until [ -e GO ]; do
  step=$((step + 1))
  printf '{"kind": "progress", "epoch": 1, "epochs": 1, "step": %d, "steps": 2000, "loss": 0.0123}\n' $step >>"$2/metrics.jsonl"
  sleep 0.05
done
id=$(sed -n 's/.*"run": *"\([0-9a-f]*\)".*/\1/p' "$2/config.json" | head -n 1)
printf '{"run": "%s", "outcome": {"figures": {"error": 0.125}}, "measured": {"seconds": 1}}' "$id" >"$2/.result"
mv "$2/.result" "$2/result.json"
)sh";

constexpr const char* grid = R"(name: a-study-with-a-name-of-some-length
worker: {command: [WORKER]}
baseline: {settings.kind-of-regularisation: none}
cells: [{settings.kind-of-regularisation: [none, weight-decay-of-all-layers, dropout-of-the-last-layer-人人人人人]}]
seeds: [1, 2]
metric: error
)";

class Terminal : public ::testing::Test {
 protected:
  void SetUp() override {
    if (run_program({"sh", "-c", "command -v tmux"}).code != 0) GTEST_SKIP() << "needs tmux (Debian: tmux)";
    const std::filesystem::path program = folder_ / "worker.sh";
    write_atomically(program, with(worker, "GO", "'" + (folder_ / "go").string() + "'"));
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    write_atomically(folder_ / "grid.yaml", with(grid, "WORKER", "'" + program.string() + "'"));
  }

  void TearDown() override { tmux("kill-server"); }

  static std::string with(std::string text, const std::string& name, const std::string& value) {
    return text.replace(text.find(name), name.size(), value);
  }

  std::string tmux(const std::string& arguments) const {
    return run_program(
               {"sh", "-c", "cd '" + folder_.path().string() + "' && exec tmux -u -S socket -f /dev/null " + arguments},
               {{"LC_ALL", "C.UTF-8"}, {"TERM", "xterm-256color"}})
        .output;
  }

  // Runs pbn with these arguments, prints END after it, and keeps the screen.
  void show(const std::string& arguments) const {
    write_atomically(folder_ / "command.sh", "'" + built_program("pbn") + "' " + arguments + "; echo END; exec cat\n");
    tmux("new-session -d -x 80 -y 24 'sh command.sh'");
  }

  std::string screen(const std::string& options = "") const { return tmux("capture-pane -p " + options); }

  bool shows(const std::string& words) const {
    return becomes_true([&] { return screen("-S -").find(words) != std::string::npos; });
  }

  // tmux joins wrapped lines, which are then longer than the screen.
  void expect_nothing_wrapped() const {
    std::istringstream lines(screen("-S - -J"));
    for (std::string line; std::getline(lines, line);) {
      line.erase(line.find_last_not_of(' ') + 1);
      EXPECT_LE(columns_of(line), 80u) << line;
    }
  }

  void finish_all() const {
    std::ofstream(folder_ / "go");
    const CommandOutcome outcome = run_program(
        {built_program("pbn"), "run", (folder_ / "grid.yaml").string(), "--store", folder_.path().string(), "-q"});
    ASSERT_EQ(outcome.code, 0) << outcome.output;
  }

  TemporaryFolder folder_;
};

TEST_F(Terminal, ProgressStaysOnItsLine) {
  show("run grid.yaml --slots 1");
  ASSERT_TRUE(shows("% ")) << screen();
  ASSERT_TRUE(becomes_true([&, first = screen()] { return screen() != first; }));  // it was drawn again
  expect_nothing_wrapped();
  std::istringstream lines(screen());
  int drawn = 0;
  for (std::string line; std::getline(lines, line);) drawn += line.find("/s, ") != std::string::npos;
  EXPECT_EQ(drawn, 1) << screen();
  std::ofstream(folder_ / "go");
  ASSERT_TRUE(shows("END"));
  expect_nothing_wrapped();
}

TEST_F(Terminal, AWatchedStatusShowsTheTextOfPlainStatus) {
  finish_all();
  show("status grid.yaml --all");
  ASSERT_TRUE(shows("END"));
  expect_nothing_wrapped();
  const std::string once = screen("-S -");
  EXPECT_THAT(once, HasSubstr("seed 2"));
  tmux("kill-server");
  show("status grid.yaml --all --watch");
  ASSERT_TRUE(shows("END"));
  expect_nothing_wrapped();
  std::istringstream watched(screen("-S -")), text(once);
  std::string line, wanted;
  for (int row = 0; row < 20 && std::getline(watched, line) && line != "END"; ++row) {
    ASSERT_TRUE(std::getline(text, wanted));
    EXPECT_EQ(line, wanted);
  }
}

TEST_F(Terminal, AWatchedReportFitsTheScreen) {
  finish_all();
  show("report grid.yaml --watch");
  ASSERT_TRUE(shows("END"));
  const std::string text = screen("-S -");
  EXPECT_THAT(text, HasSubstr("of 6 runs have a result"));
  EXPECT_THAT(text, HasSubstr("0.125 ± 0"));
  std::istringstream lines(screen("-S - -J"));
  for (std::string line; std::getline(lines, line);) {  // except the paths of this test's folder
    line.erase(line.find_last_not_of(' ') + 1);
    if (line.find('/') == std::string::npos) {
      EXPECT_LE(columns_of(line), 80u) << line;
    }
  }
}

TEST_F(Terminal, ShowsControlSequencesInLabelsAsText) {
  write_atomically(folder_ / "grid.yaml", with(with(grid, "weight-decay-of-all-layers", "\"\\e[2Jweight\""), "WORKER",
                                               "'" + (folder_ / "worker.sh").string() + "'"));
  finish_all();
  const CommandOutcome outcome = run_program(
      {built_program("pbn"), "status", (folder_ / "grid.yaml").string(), "--store", folder_.path().string(), "--all"});
  EXPECT_THAT(outcome.output, HasSubstr("\uFFFD[2Jweight"));
  EXPECT_THAT(outcome.output, Not(HasSubstr("\033")));
}

}  // namespace
}  // namespace pbn::commands
