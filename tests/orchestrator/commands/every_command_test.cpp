// What all commands of pbn share: --json, --quiet and --verbose, examples in --help, colours only on terminals.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <map>
#include <set>
#include <sstream>

#include "base/files.h"
#include "base/process.h"
#include "orchestrator/commands/command_line.h"
#include "orchestrator/grid/grid_reader.h"
#include "tests/orchestrator/store_example.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"

namespace pbn::commands {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Words = std::vector<std::string>;

// A study with all results.
class EveryCommand : public testing::Test {
 protected:
  EveryCommand() {
    write_atomically(grid_, fmt::format("name: study\ndata: {{train: '{}', validation: '{}'}}\nseeds: [1, 2]\n",
                                        small_train_file().string(), small_validation_file().string()));
    const grid::Sweep sweep = grid::plan_sweep(grid::read_grid(grid_));
    for (const auto& run : sweep.cells[0].runs) {
      finish(store_, sweep.cells[0], run, 1);
      runs_.push_back(run.id.substr(0, 12));
    }
  }

  std::string predictions() const { return (store_.folder(runs_[0]) / "predictions.h5").string(); }

  // Runs the words in bash, followed by `more`.
  static CommandOutcome pbn(const Words& words, const std::string& more = "") {
    return run_program(
        {"bash", "-c", fmt::format("'{}' '{}' {}", built_program("pbn"), fmt::join(words, "' '"), more)});
  }

  // The output on a pseudo-terminal.
  static std::string on_a_terminal(const Words& words, const std::string& variables) {
    const std::string command =
        fmt::format("{} \"{}\" \"{}\"", variables, built_program("pbn"), fmt::join(words, "\" \""));
    return run_program({"script", "--quiet", "--command", command, "/dev/null"}).output;
  }

  static Words commands() {
    Words names;
    std::istringstream help(pbn({"--help"}).output);
    bool is_list = false;
    for (std::string line; std::getline(help, line);) {
      if (is_list && line.empty()) break;
      if (is_list) names.push_back(line.substr(2, line.find(' ', 2) - 2));
      is_list |= line == "Commands:";
    }
    return names;
  }

  // A call of every command that prints facts, in an order in which each has something to print.
  std::vector<Words> calls() const {
    const std::string store = store_.root(), archive = folder_ / "runs.tar";
    return {{"prepare", "synthetic", folder_ / "people.h5", "--people", "2", "--box", "64"},
            {"inspect", small_validation_file()},
            {"groups", "--name", "each"},
            {"plan", grid_, "--store", store},
            {"run", grid_, "--store", store},
            {"test", grid_, "--store", store, "--seeds", "7", "--flip"},
            {"report", grid_, "--store", store, "--no-photos"},
            {"status", "--store", store},
            {"explain", runs_[0], "--store", store},
            {"diff", runs_[0], runs_[1], "--store", store},
            {"retry", runs_[0], "--store", store},
            {"cancel", grid_, "--store", store},
            {"export", runs_[0], "--store", store, "--out", archive},
            {"import", archive, "--store", store},
            {"clean", "--store", store},
            {"evaluate", predictions(), "--against", small_validation_file()},
            {"convert", predictions(), folder_ / "predictions.mat"},
            {"renew", small_validation_file()}};
  }

  TemporaryFolder folder_;
  runs::RunStore store_{folder_ / "store"};
  const std::string grid_ = folder_ / "grid.yaml";
  Words runs_;
};

TEST_F(EveryCommand, PrintsItsFactsAsJson) {
  const std::map<std::string, std::string> without_facts = {{"work", "nothing: batch scripts call it"},
                                                            {"contain", "what the command in it prints"},
                                                            {"logs", "what workers print"},
                                                            {"completion", "a script"},
                                                            {"schema", "a schema, which is JSON"},
                                                            {"manual", "a page"}};
  // Their facts are tested where there is a cluster (tests/slurm) or a worker (try_test.cpp, tests/end_to_end).
  const std::set<std::string> with_other_programs = {"submit", "try", "predict"};
  std::set<std::string> seen;
  for (Words call : calls()) {
    seen.insert(call[0]);
    call.push_back("--json");
    const CommandOutcome outcome = pbn(call, "2>/dev/null");
    EXPECT_EQ(outcome.code, 0) << call[0];
    EXPECT_TRUE(Json::accept(outcome.output)) << call[0] << ": " << outcome.output;
  }
  for (const std::string& command : commands()) {
    const bool has_json = pbn({command, "--help"}).output.find("--json") != std::string::npos;
    EXPECT_EQ(has_json, !without_facts.contains(command)) << command;
    EXPECT_EQ(seen.contains(command) + with_other_programs.contains(command) + without_facts.contains(command), 1)
        << command << " belongs in one of the three lists";
  }
}

TEST_F(EveryCommand, HasQuietAndVerboseAndExamplesInItsHelp) {
  for (const std::string& command : commands()) {
    const std::string help = pbn({command, "--help"}).output;
    EXPECT_THAT(help, AllOf(HasSubstr("-q [ --quiet ]"), HasSubstr("-v [ --verbose ]"))) << command;
    EXPECT_THAT(help, testing::ContainsRegex("\nExamples:\n  .*pbn " + command)) << command;
  }
  EXPECT_EQ(pbn({"plan", grid_, "--quiet", "--verbose"}).code, 64);
}

TEST_F(EveryCommand, PrintsTheSameWhenVerboseAndWhatItReadsOnStandardError) {
  const Words plan = {"plan", grid_, "--store", store_.root()};
  Words verbose_plan = plan;
  verbose_plan.push_back("--verbose");
  EXPECT_EQ(pbn(verbose_plan, "2>/dev/null").output, pbn(plan).output);
  EXPECT_THAT(
      pbn(verbose_plan, "2>&1 >/dev/null").output,
      AllOf(HasSubstr("read " + grid_ + ": 1 cell, 2 runs, 0."),
            HasSubstr("read " + small_validation_file().string() + ": 20 people, 0."), HasSubstr("\npbn plan: 0.")));
  EXPECT_THAT(pbn({"run", grid_, "--store", store_.root(), "-v"}).output,
              AllOf(HasSubstr("skipped, has a result"), HasSubstr(runs_[0]), HasSubstr(runs_[1])));
}

TEST_F(EveryCommand, PrintsItsErrorsWhenQuiet) {
  const CommandOutcome outcome = pbn({"explain", "ffff", "--store", store_.root(), "-q"});
  EXPECT_EQ(outcome.code, 64);
  EXPECT_THAT(outcome.output, StartsWith("pbn: ffff: no run of this store has such an id"));
}

TEST_F(EveryCommand, IsColouredOnTerminalsOnly) {
  if (find_program("script").empty()) GTEST_SKIP() << "needs script (Debian: bsdutils)";
  const StoreExample example;
  example.record("study", {example.id(1)});
  example.attempt(example.id(1), 65, "bad data");
  const Words status = {"status", "study", "--store", example.root()}, mistake = {"stauts"};
  const std::string red_state = "\033[31mfailed\033[0m", red_name = "\033[31mpbn:\033[0m";
  EXPECT_THAT(on_a_terminal(status, "NO_COLOR= TERM=xterm"), HasSubstr(red_state));
  EXPECT_THAT(on_a_terminal(mistake, "NO_COLOR= TERM=xterm"), HasSubstr(red_name));
  for (const char* variables : {"NO_COLOR=1 TERM=xterm", "NO_COLOR= TERM=dumb"}) {
    EXPECT_THAT(on_a_terminal(status, variables), AllOf(HasSubstr("failed"), Not(HasSubstr("\033["))));
    EXPECT_THAT(on_a_terminal(mistake, variables), AllOf(HasSubstr("pbn:"), Not(HasSubstr("\033["))));
  }
  EXPECT_THAT(pbn(status).output, Not(HasSubstr("\033")));
}

TEST_F(EveryCommand, ReportsLostOutput) {
  std::vector<Words> all = calls();
  all.insert(all.end(), {{"--help"}, {"--version"}, {"completion"}, {"manual"}, {"plan", "--help"}});
  for (const Words& call : all) {
    const CommandOutcome outcome = pbn(call, "2>&1 >/dev/full");
    EXPECT_EQ(outcome.code, 69) << call[0];
    EXPECT_THAT(outcome.output, HasSubstr("standard output: cannot write: No space left on device")) << call[0];
  }
  EXPECT_EQ(pbn({"inspect", small_validation_file(), "--json"}, ">&- 2>/dev/null").code, 69);
  EXPECT_EQ(pbn({"inspect", small_validation_file(), "--json"}, ">/dev/full 2>/dev/full").code, 69);
}

TEST_F(EveryCommand, IgnoresAReaderThatHasClosedThePipe) {
  for (const Words& call : {Words{"manual"}, Words{"inspect", small_validation_file(), "--json"}}) {
    for (const char* before : {"", "trap '' PIPE; "}) {
      const std::string line = fmt::format("{}'{}' '{}' | true", before, built_program("pbn"), fmt::join(call, "' '"));
      EXPECT_EQ(run_program({"bash", "-c", line}).output, "") << line;
    }
  }
}

TEST_F(EveryCommand, HasExitCodesThatHelpAndManualExplain) {
  const std::string help = pbn({"--help"}).output, manual = pbn({"manual"}).output;
  for (const ExitCode& code : exit_codes) {
    EXPECT_THAT(help, HasSubstr(fmt::format("  {:<3} {}\n", code.number, code.meaning)));
    EXPECT_THAT(manual, HasSubstr(fmt::format(".TP\n{}\n{}\n", code.number, code.meaning)));
  }
}

}  // namespace
}  // namespace pbn::commands
