#include "orchestrator/runs/run_state.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>

#include "base/files.h"
#include "orchestrator/runs/attempt.h"
#include "tests/temporary_folder.h"

namespace pbn::runs {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::string run(64, 'a');

class RunStateTest : public testing::Test {
 protected:
  RunStateTest() { make_writable_folder(run_folder_); }

  RunState state() const { return facts_of(store_, run).state; }

  std::optional<AttemptLease> begin() const {
    AttemptObserver observer;
    return AttemptLease::take(run_folder_, {{"executor", "local"}}, observer);
  }

  // An attempt by an owner on another machine.
  fs::path begun_by(const std::string& host, const std::string& began = "2026-01-01T00:00:00Z") const {
    const fs::path attempt = run_folder_ / "attempts/0001";
    make_writable_folder(attempt);
    write_json(attempt / "meta.json", {{"host", host},
                                       {"boot", "another boot"},
                                       {"pid", 1},
                                       {"pid_started", 1u},
                                       {"executor", "slurm"},
                                       {"slurm_job", "123_4"},
                                       {"began", began}});
    write_atomically(attempt / "heartbeat", "7\n");
    return attempt;
  }

  void write_metrics(const std::string& text) const { write_atomically(run_folder_ / "metrics.jsonl", text); }

  const TemporaryFolder folder_;
  const RunStore store_{folder_.path()};
  const fs::path run_folder_ = store_.folder(run);
};

TEST_F(RunStateTest, ARunWithoutAttemptsIsPending) {
  EXPECT_EQ(state(), RunState::pending);
  EXPECT_EQ(facts_of(store_, "").state, RunState::pending);  // data files are missing
}

TEST_F(RunStateTest, AttemptsOfManyCompletedRunsAreCountedOnRequest) {
  begun_by("node7");
  write_json(run_folder_ / "result.json", {{"run", run}, {"outcome", {{"figures", {{"loss", 0.5}}}}}});
  const std::vector<RunFacts> quick = facts_of(store_, std::vector{run});
  EXPECT_EQ(quick[0].state, RunState::completed);
  EXPECT_EQ(quick[0].attempts, 0);
  EXPECT_EQ(facts_of(store_, std::vector{run}, {}, CompletedRuns::with_attempts)[0].attempts, 1);
  EXPECT_EQ(facts_of(store_, run).attempts, 1);
}

TEST_F(RunStateTest, ASubmittedRunHasNoAttemptYet) {
  const SubmittedRuns submitted{{run, "123_4"}};
  const RunFacts facts = facts_of(store_, run, submitted);
  EXPECT_EQ(facts.state, RunState::submitted);
  EXPECT_EQ(facts.slurm_job, "123_4");
  begun_by("node7");
  EXPECT_EQ(facts_of(store_, run, submitted).state, RunState::running);
}

TEST_F(RunStateTest, ARunIsRunningWhileItsOwnerLivesAndLostAfterwards) {
  {
    const auto attempt = begin();
    ASSERT_TRUE(attempt);
    EXPECT_EQ(state(), RunState::running);
  }
  const fs::path meta = run_folder_ / "attempts/0001/meta.json";
  Json owner = read_json(meta);
  owner["pid_started"] = owner["pid_started"].get<std::uint64_t>() + 1;  // another process with the same pid
  write_json(meta, owner);
  const RunFacts facts = facts_of(store_, run);
  EXPECT_EQ(facts.state, RunState::lost);
  EXPECT_THAT(facts.reason, HasSubstr("died"));
}

TEST_F(RunStateTest, ARunOnAnotherMachineIsLostAfterMinutesWithoutHeartbeats) {
  const fs::path attempt = begun_by("node7");
  EXPECT_EQ(state(), RunState::running);
  fs::last_write_time(attempt / "heartbeat", fs::file_time_type::clock::now() - std::chrono::minutes(6));
  const RunFacts facts = facts_of(store_, run);
  EXPECT_EQ(facts.state, RunState::lost);
  EXPECT_EQ(facts.host, "node7");
  EXPECT_EQ(facts.executor, "slurm");
  EXPECT_EQ(facts.slurm_job, "123_4");
}

TEST_F(RunStateTest, ExitCode75MeansRequeuedAndOthersFailed) {
  begin()->end(75, "saved itself and asked to be started again");
  EXPECT_EQ(state(), RunState::requeued);
  begin()->end(65, "could not use its data (exit code 65)");
  const RunFacts facts = facts_of(store_, run);
  EXPECT_EQ(facts.state, RunState::failed);
  EXPECT_EQ(facts.attempts, 2);
  EXPECT_EQ(facts.exit_code, 65);
  EXPECT_EQ(facts.reason, "could not use its data (exit code 65)");
  const auto third = begin();
  EXPECT_EQ(state(), RunState::running);
}

TEST_F(RunStateTest, ExitCode0WithoutAResultMeansFailed) {
  begin()->end(0, "finished");
  EXPECT_EQ(state(), RunState::failed);
  EXPECT_EQ(facts_of(store_, run).reason, "ended without a result of this run");
}

TEST_F(RunStateTest, ARunWithAResultIsCompletedWhateverItsAttempts) {
  begin()->end(137, "was ended by SIGKILL");
  write_json(run_folder_ / "result.json", {{"run", run}, {"outcome", {{"figures", {{"auc", 1.0}}}}}});
  write_atomically(run_folder_ / "cancelled", "");
  EXPECT_EQ(state(), RunState::completed);
  EXPECT_EQ(facts_of(store_, run).attempts, 1);
}

TEST_F(RunStateTest, ACancelledRunIsRunningUntilItsOwnerStopsIt) {
  auto attempt = begin();
  write_atomically(run_folder_ / "cancelled", "");
  EXPECT_EQ(state(), RunState::running);
  attempt->end(75, "saved itself");
  EXPECT_EQ(state(), RunState::cancelled);
  fs::remove(run_folder_ / "cancelled");
  EXPECT_EQ(state(), RunState::requeued);
}

TEST_F(RunStateTest, EmptyFilesAfterAPowerFailureMeanLost) {
  const fs::path attempt = begun_by("node7");
  write_atomically(attempt / "exit.json", "");
  write_atomically(run_folder_ / "result.json", "");
  EXPECT_EQ(state(), RunState::lost);
  write_atomically(attempt / "meta.json", "");
  EXPECT_EQ(state(), RunState::lost);
}

TEST_F(RunStateTest, ProgressComesFromTheNewestCompleteLine) {
  const auto attempt = begin();
  const std::string figures = Json({{"kind", "validation"}, {"figures", std::string(9000, 'x')}}).dump() + "\n";
  write_metrics(
      "{\"kind\":\"progress\",\"epoch\":1,\"epochs\":4,\"step\":5,\"steps\":10,\"loss\":0.5}\n"
      "{\"kind\":\"progress\",\"epoch\":3,\"epochs\":4,\"step\":5,\"steps\":10,\"loss\":0.25,"
      "\"images_per_second\":100,\"seconds_left\":60}\n" +
      figures + "{\"kind\":\"progress\",\"epoch\":4,\"ep");  // torn by a killed writer
  const RunProgress progress = facts_of(store_, run).progress;
  EXPECT_EQ(progress.epoch, 3);
  EXPECT_EQ(progress.loss, 0.25);
  EXPECT_EQ(progress.share(), 0.625);
  EXPECT_EQ(progress.images_per_second, 100);
  EXPECT_NEAR(*progress.seconds_left, 60, 2);
}

TEST_F(RunStateTest, ACompletedEpochCountsInFull) {
  begin()->end(75, "saved itself");
  write_metrics("{\"kind\":\"epoch\",\"epoch\":2,\"epochs\":4,\"steps\":10,\"training_loss\":0.5}\n");
  const RunProgress progress = facts_of(store_, run).progress;
  EXPECT_EQ(progress.share(), 0.5);
  EXPECT_FALSE(progress.seconds_left);  // not running
}

TEST_F(RunStateTest, TheTimeLeftIsEstimatedFromStepsAlone) {
  const auto attempt = begin();
  const fs::path meta = attempt->folder() / "meta.json";
  Json owner = read_json(meta);
  owner["began"] = "2026-01-01T00:00:00Z";
  write_json(meta, owner);
  write_metrics("{\"kind\":\"progress\",\"step\":50,\"steps\":100}\n");
  const RunFacts facts = facts_of(store_, run);
  const double elapsed = std::difftime(std::time(nullptr), 1767225600);
  EXPECT_EQ(facts.progress.share(), 0.5);
  EXPECT_NEAR(*facts.progress.seconds_left, elapsed, 2);
}

TEST_F(RunStateTest, MetricsOfOtherFormsGiveNoProgress) {
  const auto attempt = begin();
  for (const char* text : {"", "\n\n\n", "1\n", "[]\n", "{\"kind\":\"progress\"}\n", "\xff\xfe\n{\"kind\":\"stop\"}\n",
                           "{\"kind\":\"progress\",\"epoch\":\"two\",\"epochs\":0,\"step\":{},\"steps\":-1}\n"}) {
    write_metrics(text);
    const RunFacts facts = facts_of(store_, run);
    EXPECT_EQ(facts.state, RunState::running) << text;
    EXPECT_FALSE(facts.progress.share()) << text;
  }
}

TEST_F(RunStateTest, ManyRunsAreReadInOrder) {
  std::vector<std::string> runs;
  for (int i = 0; i < 300; ++i) {
    runs.push_back(fmt::format("{:02x}{:010}{:052}", i % 256, i, 0));
    make_writable_folder(store_.folder(runs.back()));
    if (i % 3 == 0) write_atomically(store_.folder(runs.back()) / "cancelled", "", Durability::cached);
  }
  const std::vector<RunFacts> facts = facts_of(store_, runs);
  ASSERT_EQ(facts.size(), runs.size());
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(facts[static_cast<std::size_t>(i)].state, i % 3 == 0 ? RunState::cancelled : RunState::pending) << i;
  }
}

TEST_F(RunStateTest, JsonHasOnlyKnownFacts) {
  EXPECT_EQ(to_json(facts_of(store_, run)), Json({{"state", "pending"}, {"attempts", 0}}));
  begun_by("node7");
  const Json facts = to_json(facts_of(store_, run));
  EXPECT_EQ(facts["host"], "node7");
  EXPECT_EQ(facts["began"], "2026-01-01T00:00:00Z");
  EXPECT_FALSE(facts.contains("progress"));
}

}  // namespace
}  // namespace pbn::runs
