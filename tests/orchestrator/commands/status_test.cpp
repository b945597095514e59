// pbn status on an example store.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>

#include "base/files.h"
#include "base/process.h"
#include "orchestrator/commands/status_view.h"
#include "tests/becomes_true.h"
#include "tests/orchestrator/store_example.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"

namespace pbn::commands {
namespace {

using testing::HasSubstr;
using testing::Not;

runs::RunFacts running(double share, double seconds_left, double images_per_second = 100) {
  runs::RunFacts facts;
  facts.state = runs::RunState::running;
  facts.progress.epoch = 1;
  facts.progress.epochs = 1;
  facts.progress.step = 100 * share;
  facts.progress.steps = 100;
  facts.progress.seconds_left = seconds_left;
  facts.progress.images_per_second = images_per_second;
  return facts;
}

runs::RunFacts in_state(runs::RunState state) {
  runs::RunFacts facts;
  facts.state = state;
  return facts;
}

SweepStatus status_of(std::vector<runs::RunFacts> facts) {
  SweepStatus status{{"sweep", {{"cell", {}, 1}}}, std::move(facts)};
  for (std::uint32_t seed = 1; seed <= status.facts.size(); ++seed)
    status.sweep.cells[0].runs.push_back({seed, StoreExample::id(static_cast<int>(seed))});
  return status;
}

TEST(Outlook, TimeLeftFollowsFromTheSpeedOfTheRunsThatReportIt) {
  // Two runs are half done, and a run takes 100 s; the work of three runs is left.
  const auto outlook = status_of({running(0.5, 50), running(0.5, 50), in_state(runs::RunState::pending),
                                  in_state(runs::RunState::requeued), in_state(runs::RunState::completed)})
                           .outlook();
  EXPECT_DOUBLE_EQ(outlook.share, 2.0 / 5);
  EXPECT_DOUBLE_EQ(outlook.seconds_left.value(), 150);
  EXPECT_DOUBLE_EQ(outlook.images_per_second, 200);
}

TEST(Outlook, IsNotShorterThanTheSlowestRun) {
  EXPECT_DOUBLE_EQ(status_of({running(0.9, 1), running(0.1, 900)}).outlook().seconds_left.value(), 900);
}

TEST(Outlook, CountsCancelledRunsAsNotDoneAndHasNoTimeLeftWithoutRunningRuns) {
  const auto outlook = status_of({in_state(runs::RunState::completed), in_state(runs::RunState::cancelled),
                                  in_state(runs::RunState::pending)})
                           .outlook();
  EXPECT_DOUBLE_EQ(outlook.share, 1.0 / 3);
  EXPECT_FALSE(outlook.seconds_left);
}

TEST(Outlook, WeightsACellByItsWork) {
  SweepStatus status{{"s", {{"small", {{1, "a"}}, 1}, {"large", {{1, "b"}}, 3}}},
                     {in_state(runs::RunState::completed), in_state(runs::RunState::pending)}};
  EXPECT_DOUBLE_EQ(status.outlook().share, 0.25);
}

TEST(StatusText, ABarIsFullOnlyWhenAllRunsAreDone) {
  std::vector<runs::RunFacts> facts(1000, in_state(runs::RunState::completed));
  EXPECT_THAT(to_text(status_of(facts), false), HasSubstr("100%"));
  facts.back() = in_state(runs::RunState::pending);
  EXPECT_THAT(to_text(status_of(facts), false), Not(HasSubstr("100%")));
}

TEST(StatusText, OnlyTheFirstRowsOfALargeSweepAreShownWithoutAll) {
  const SweepStatus status = status_of(std::vector<runs::RunFacts>(1000, in_state(runs::RunState::failed)));
  EXPECT_THAT(to_text(status, false), HasSubstr("and 960 more runs; --all shows them"));
  EXPECT_THAT(to_text(status, true), HasSubstr("seed 1000"));
}

class StatusCommand : public testing::Test {
 protected:
  StatusCommand() {
    for (int number = 0; number < 6; ++number) runs_.push_back(example_.id(number));
    example_.record("study-12345678", runs_);
    example_.complete(runs_[0]);
    example_.attempt(runs_[1]);
    example_.write(
        runs_[1], "metrics.jsonl",
        "{\"kind\":\"progress\",\"epoch\":2,\"epochs\":4,\"step\":5,\"steps\":10,\"seconds_left\":90}\n{\"kin");
    example_.attempt(runs_[2], 65, "could not use its data (exit code 65)");
    example_.write(runs_[3], "cancelled", "");
    write_atomically(example_.root() / "sweeps/study-12345678/submissions.jsonl",
                     Json({{"event", "intent"}, {"name", "n"}, {"runs", {runs_[4]}}}).dump() + "\n" +
                         Json({{"event", "submitted"}, {"name", "n"}, {"job", "77"}}).dump() + "\n{\"ev");
  }

  CommandOutcome status(std::vector<std::string> words) const {
    words.insert(words.begin(), {built_program("pbn"), "status", "--store", example_.root().string()});
    return run_program(std::move(words));
  }

  StoreExample example_;
  std::vector<std::string> runs_;
};

TEST_F(StatusCommand, ShowsEveryStateOfASweepWithoutItsGridAndData) {
  const CommandOutcome outcome = status({"study-12345678"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(
      outcome.output,
      HasSubstr("study-12345678: 6 runs: 1 completed, 1 running, 1 submitted, 1 pending, 1 failed, 1 cancelled"));
  EXPECT_THAT(outcome.output, HasSubstr("could not use its data"));
  EXPECT_THAT(outcome.output, HasSubstr("node7"));
  EXPECT_THAT(outcome.output, HasSubstr("2/4"));
  EXPECT_THAT(outcome.output, HasSubstr("job 77_0"));
  EXPECT_THAT(outcome.output, Not(HasSubstr("cell 1, seed 1 ")));  // completed
  EXPECT_THAT(status({"study-12345678", "--all"}).output, HasSubstr("cell 1, seed 1 "));
  EXPECT_THAT(status({(example_.root() / "sweeps/study-12345678").string()}).output,
              HasSubstr("study-12345678: 6 runs"));
}

TEST_F(StatusCommand, PrintsTheSameAsJson) {
  const Json facts = Json::parse(status({"study-12345678", "--json"}).output);
  EXPECT_EQ(facts["counts"]["completed"], 1);
  EXPECT_EQ(facts["counts"]["submitted"], 1);
  const Json& runs = facts["cells"][0]["runs"];
  EXPECT_EQ(runs[1]["state"], "running");
  EXPECT_EQ(runs[1]["progress"]["share"], 0.375);
  EXPECT_EQ(runs[2]["exit_code"], 65);
  EXPECT_EQ(runs[4]["slurm_job"], "77_0");
}

TEST_F(StatusCommand, SaysWhereTheTimeWent) {
  EXPECT_THAT(status({"study-12345678"}).output,
              HasSubstr("Where the time went: 1.01 core-hours in 2 attempts: 1 (99%) lost in 1 attempt, 0.99 (98%) "
                        "idle between runs."));
  const CommandOutcome table = status({"study-12345678", "--waste"});
  EXPECT_THAT(table.output, HasSubstr("all cells"));
  EXPECT_THAT(table.output, HasSubstr("a checkpoint may have kept a part"));
  EXPECT_EQ(Json::parse(status({"study-12345678", "--json"}).output).count("waste"), 0u);
  const Json facts = Json::parse(status({"study-12345678", "--json", "--waste"}).output);
  EXPECT_EQ(facts["waste"]["lost"]["core_hours"], 1);
  EXPECT_EQ(facts["cells"][0]["waste"]["lost"], facts["waste"]["lost"]);
  EXPECT_EQ(status({"--waste"}).code, 64);
}

TEST_F(StatusCommand, WithoutAGridCountsAllSweepsOfTheStore) {
  example_.complete(example_.id(50));  // of a sweep that was deleted
  const CommandOutcome outcome = status({});
  EXPECT_THAT(outcome.output, HasSubstr("study-12345678"));
  EXPECT_THAT(outcome.output, HasSubstr("(in no sweep)"));
  const Json facts = Json::parse(status({"--json"}).output);
  EXPECT_EQ(facts["sweeps"].size(), 2u);
  EXPECT_EQ(facts["sweeps"][0]["counts"]["failed"], 1);
}

TEST_F(StatusCommand, WatchEndsWhenAllRunsAreCompleted) {
  const TemporaryFolder folder;
  Process process({{built_program("pbn"), "status", "study-12345678", "--store", example_.root().string(), "--watch",
                    "--interval", "0.1"},
                   {},
                   folder.path() / "output",
                   -1});
  ASSERT_TRUE(
      becomes_true([&] { return read_end_of(folder.path() / "output", 4096).find("failed") != std::string::npos; }));
  for (const std::string& run : runs_) example_.complete(run);
  EXPECT_EQ(process.wait_for(std::chrono::seconds(20)), 0);
  EXPECT_THAT(read_file(folder.path() / "output"), HasSubstr("6 runs: 6 completed"));
}

TEST_F(StatusCommand, AnUnknownSweepIsAUsageErrorWithASuggestion) {
  const CommandOutcome outcome = status({"study-12345679"});
  EXPECT_EQ(outcome.code, 64);
  EXPECT_THAT(outcome.output, HasSubstr("did you mean \"study-12345678\"?"));
}

}  // namespace
}  // namespace pbn::commands
