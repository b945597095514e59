// pbn explain, retry, cancel, logs and diff on an example store.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/files.h"
#include "base/process.h"
#include "orchestrator/runs/log_end.h"
#include "orchestrator/runs/run_state.h"
#include "tests/becomes_true.h"
#include "tests/orchestrator/store_example.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"

namespace pbn::commands {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class RunCommands : public testing::Test {
 protected:
  CommandOutcome pbn(std::vector<std::string> words) const {
    words.insert(words.begin(), built_program("pbn"));
    words.insert(words.end(), {"--store", example_.root().string()});
    return run_program(std::move(words));
  }
  runs::RunState state(const std::string& run) const { return runs::facts_of(example_.store(), run).state; }

  StoreExample example_;
  const std::string a_ = example_.id(1), b_ = example_.id(2);
};

TEST_F(RunCommands, ARunIsNamedByItsFirstDigitsOrItsFolder) {
  example_.complete(a_);
  EXPECT_THAT(pbn({"explain", a_.substr(0, 4)}).output, HasSubstr("completed"));
  EXPECT_THAT(pbn({"explain", a_}).output, HasSubstr("completed"));
  EXPECT_THAT(pbn({"explain", example_.folder(a_).string() + "/"}).output, HasSubstr("completed"));
  for (const std::string& wrong : {a_.substr(0, 3), std::string("ffff"), std::string("plain"), std::string("/tmp")}) {
    EXPECT_EQ(pbn({"explain", wrong}).code, 64) << wrong;
  }
  fs::create_directories(example_.folder(a_.substr(0, 11) + (a_[11] == '0' ? "1" : "0")));
  EXPECT_THAT(pbn({"explain", a_.substr(0, 5)}).output,
              HasSubstr("2 runs have ids that begin with these digits; add a digit or two"));
}

TEST_F(RunCommands, ExplainSaysWhyARunFailedAndWhatToDo) {
  example_.record("study-1", {a_});
  example_.attempt(a_, 65, "could not use its data (exit code 65)");
  example_.write(a_, "log", "reading\rreading 50%\rreading 100%\npbn_worker: train.h5: is cut short\n");
  const CommandOutcome outcome = pbn({"explain", a_.substr(0, 8)});
  EXPECT_EQ(outcome.code, 0);
  for (const char* words :
       {"cell 1, seed 1, of study-1", "failed: could not use its data (exit code 65)", "2026-01-01T00:00:00Z", "node7",
        "  | reading 100%\n  | pbn_worker: train.h5: is cut short", "What to do: repair the file that"}) {
    EXPECT_THAT(outcome.output, HasSubstr(words));
  }
  const Json facts = Json::parse(pbn({"explain", a_.substr(0, 8), "--json"}).output);
  EXPECT_EQ(facts["attempts"][0]["exit"]["code"], 65);
}

TEST_F(RunCommands, ExplainSaysHowToStartARunThatHasNotBegun) {
  example_.record("study-1", {a_});
  EXPECT_THAT(pbn({"explain", a_.substr(0, 8)}).output, HasSubstr("start it with pbn run GRID or pbn submit GRID"));
}

TEST_F(RunCommands, ExplainGivesAdviceInEveryState) {
  example_.attempt(a_);
  EXPECT_THAT(pbn({"explain", a_.substr(0, 8)}).output, HasSubstr("pbn logs -f"));
  fs::last_write_time(example_.folder(a_) / "attempts/0001/heartbeat",
                      fs::file_time_type::clock::now() - std::chrono::hours(1));
  EXPECT_THAT(pbn({"explain", a_.substr(0, 8)}).output,
              HasSubstr("starts from the beginning, since there is no checkpoint"));
  example_.write(a_, "ckpt/3-12.safetensors", "");
  EXPECT_THAT(pbn({"explain", a_.substr(0, 8)}).output, HasSubstr("goes on from 3-12.safetensors"));
  for (const int code : {0, 64, 69, 70, 75, 137, 143}) {
    example_.attempt(a_, code, "");
    EXPECT_THAT(pbn({"explain", a_.substr(0, 8)}).output, Not(HasSubstr("What to do: .")));
  }
}

TEST_F(RunCommands, RetryTakesBackTheCancellationOfARun) {
  example_.record("study-1", {a_, b_});
  example_.complete(b_);
  EXPECT_THAT(pbn({"cancel", "study-1"}).output, HasSubstr("1 run is cancelled now; 1 is completed and stays so."));
  EXPECT_EQ(state(a_), runs::RunState::cancelled);
  EXPECT_EQ(state(b_), runs::RunState::completed);
  EXPECT_THAT(pbn({"retry", a_.substr(0, 6)}).output, HasSubstr("is not cancelled any more"));
  EXPECT_EQ(state(a_), runs::RunState::pending);
}

TEST_F(RunCommands, RetryTakesBackTheCancellationOfASweep) {
  const std::string c = StoreExample::id(3), d = StoreExample::id(4);
  example_.record("study-1", {a_, b_, c, d});
  example_.complete(b_);
  example_.attempt(c, 70, "met an internal error");
  example_.write(a_, "ckpt/1-0.safetensors", "kept");
  EXPECT_THAT(pbn({"cancel", "study-1"}).output, HasSubstr("3 runs are cancelled now"));
  EXPECT_THAT(pbn({"retry", "study-1", "--failed"}).output,
              HasSubstr("3 runs are cancelled and stay so: pbn retry without --failed makes them ready"));
  const CommandOutcome back = pbn({"retry", "study-1"});
  EXPECT_EQ(back.code, 0);
  EXPECT_THAT(back.output, HasSubstr("3 runs are ready."));
  EXPECT_EQ(state(a_), runs::RunState::pending);
  EXPECT_EQ(state(b_), runs::RunState::completed);
  EXPECT_EQ(state(c), runs::RunState::failed);
  EXPECT_EQ(state(d), runs::RunState::pending);
  EXPECT_TRUE(fs::exists(example_.folder(a_) / "ckpt/1-0.safetensors"));
  EXPECT_EQ(pbn({"retry", "study-1", "--fresh"}).code, 64) << "it would remove the checkpoints of all runs";
}

TEST_F(RunCommands, EveryCommandGivesTheSameReasonForADamagedResult) {
  example_.record("study-1", {a_});
  example_.attempt(a_, 0, "finished");
  Json result = example_.result_of(a_);
  result["outcome"]["figures"]["auc.all16"] = "low";
  example_.write(a_, "result.json", result.dump());
  const std::string why = "auc.all16 is \"low\", not a number";
  EXPECT_EQ(runs::facts_of(example_.store(), a_).reason, why);
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"status", "study-1"},
                                             {"explain", a_.substr(0, 8)},
                                             {"export", a_.substr(0, 8), "--out", "/tmp/none.tar"}}) {
    EXPECT_THAT(pbn(words).output, HasSubstr(why)) << words[0];
  }
  EXPECT_THAT(pbn({"status", "study-1"}).output, HasSubstr("1 run: 1 failed"));
  EXPECT_THAT(pbn({"retry", "study-1"}).output, HasSubstr("its result.json is put aside (" + why + ")"));
  EXPECT_EQ(state(a_), runs::RunState::failed);
  EXPECT_TRUE(fs::exists(example_.folder(a_) / "result.json.refused"));
}

TEST_F(RunCommands, ExportWritesCurvesForTensorBoardAlsoOfRunsThatAreNotCompleted) {
  example_.record("study-1", {a_, b_, example_.id(3)});
  example_.complete(a_);
  example_.attempt(b_);
  example_.write(b_, "metrics.jsonl", "{\"kind\": \"progress\", \"step\": 1, \"loss\": 0.5}\n");
  const fs::path curves = example_.root() / "curves";
  const CommandOutcome outcome = pbn({"export", "study-1", "--tensorboard", curves.string()});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.output, HasSubstr("2 runs, 4 curves, 4 points: tensorboard --logdir " + curves.string()));
  EXPECT_THAT(outcome.output, HasSubstr("1 run has reported no numbers yet and is left out."));
  EXPECT_TRUE(fs::exists(curves / "cell 1, seed 2" / ("events.out.tfevents." + b_.substr(0, 12))));
  const CommandOutcome one =
      pbn({"export", a_.substr(0, 8), "--tensorboard", (example_.root() / "one").string(), "--json"});
  EXPECT_EQ(Json::parse(one.output)["points"], 3);
  EXPECT_TRUE(fs::exists(example_.root() / "one" / "cell 1, seed 1"));
  EXPECT_EQ(pbn({"export", "study-1", "--tensorboard", curves.string(), "--out", "/tmp/none.tar"}).code, 64);
  EXPECT_THAT(pbn({"export", "study-1"}).output, HasSubstr("--tensorboard"));
}

TEST_F(RunCommands, RetryPutsAnInvalidResultAsideAndCanRemoveCheckpoints) {
  example_.attempt(a_, 0, "finished");
  example_.write(a_, "result.json", "{\"run\": \"another\"}");
  example_.write(a_, "ckpt/1-0.safetensors", "damaged");
  EXPECT_EQ(pbn({"retry", a_.substr(0, 6)}).code, 0);
  EXPECT_FALSE(fs::exists(example_.folder(a_) / "result.json"));
  EXPECT_TRUE(fs::exists(example_.folder(a_) / "result.json.refused"));
  EXPECT_TRUE(fs::exists(example_.folder(a_) / "ckpt"));
  pbn({"retry", a_.substr(0, 6), "--fresh"});
  EXPECT_FALSE(fs::exists(example_.folder(a_) / "ckpt"));
}

TEST_F(RunCommands, RetryLeavesCompletedAndRunningRunsAlone) {
  example_.record("study-1", {a_, b_});
  example_.complete(a_);
  example_.attempt(b_);
  const CommandOutcome outcome = pbn({"retry", a_.substr(0, 6), b_.substr(0, 6), "--fresh"});
  EXPECT_THAT(outcome.output, HasSubstr("is completed"));
  EXPECT_THAT(outcome.output, HasSubstr("is running"));
  EXPECT_TRUE(fs::exists(example_.folder(a_) / "ckpt"));
  EXPECT_THAT(pbn({"retry", "study-1", "--failed"}).output, HasSubstr("These runs are ready already"));
}

TEST_F(RunCommands, LogsShowTheLastLinesOfEachRun) {
  example_.write(a_, "log", "one\ntwo\nthree\n");
  example_.write(b_, "log", "uno\n");
  EXPECT_EQ(pbn({"logs", a_.substr(0, 6), "-n", "2"}).output, "two\nthree\n");
  EXPECT_EQ(pbn({"logs", a_.substr(0, 6), b_.substr(0, 6), "-n", "1"}).output,
            a_.substr(0, 12) + " | three\n" + b_.substr(0, 12) + " | uno\n");
}

TEST_F(RunCommands, LogsFollowUntilTheRunIsOver) {
  example_.attempt(a_);
  example_.write(a_, "log", "one\n");
  Process process({{built_program("pbn"), "logs", "-f", a_.substr(0, 6), "--store", example_.root().string()},
                   {},
                   example_.root() / "output",
                   -1});
  const auto printed = [&] { return read_file_if_there(example_.root() / "output").value_or(""); };
  ASSERT_TRUE(becomes_true([&] { return printed() == "one\n"; }));
  example_.write(a_, "log", "one\ntwo\n");
  example_.write(a_, "result.json", example_.result_of(a_).dump());
  EXPECT_EQ(process.wait_for(std::chrono::seconds(20)), 0);
  EXPECT_EQ(printed(), "one\ntwo\n");
}

TEST_F(RunCommands, DiffShowsTheDifferencesOfTwoRuns) {
  example_.complete(a_, 0.25);
  example_.complete(b_, 0.5);
  const CommandOutcome outcome = pbn({"diff", a_.substr(0, 6), b_.substr(0, 6)});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("model.width"));
  EXPECT_THAT(outcome.output, Not(HasSubstr("model.depth")));
  EXPECT_THAT(outcome.output, HasSubstr("version: no difference"));
  EXPECT_THAT(outcome.output, HasSubstr("1 of 2 figures differ"));
  EXPECT_THAT(outcome.output, HasSubstr("2.5000e-01"));
  const Json facts = Json::parse(pbn({"diff", a_.substr(0, 6), b_.substr(0, 6), "--json"}).output);
  EXPECT_EQ(facts["configuration"], Json({{"model.width", {25, 50}}}));
  EXPECT_EQ(facts["curves"][1], Json({{"epoch", 2}, {"loss", {0.25, 0.5}}}));
}

TEST_F(RunCommands, DiffComparesTheEpochsOfRunsThatAreNotCompleted) {
  example_.complete(a_);
  example_.write(b_, "metrics.jsonl",
                 "{\"kind\":\"epoch\",\"epoch\":1,\"training_loss\":0.75}\n"
                 "{\"kind\":\"progress\",\"epoch\":2,\"loss\":0.7}\n{\"kind\":\"ep");
  const Json facts = Json::parse(pbn({"diff", a_.substr(0, 6), b_.substr(0, 6), "--json"}).output);
  EXPECT_EQ(facts["curves"][0], Json({{"epoch", 1}, {"loss", {1.0, 0.75}}}));
  EXPECT_EQ(facts["curves"][1], Json({{"epoch", 2}, {"loss", {0.5, 0.7}}}));
  EXPECT_EQ(facts["figures"], Json::object());
}

TEST(LogEnd, ShowsTheLastStateOfAProgressBar) {
  EXPECT_EQ(runs::as_shown("10%\r50%\r100%"), "100%");
  EXPECT_EQ(runs::as_shown("done\r"), "done");
  EXPECT_EQ(runs::as_shown("\r\r"), "");
  EXPECT_EQ(runs::as_shown("plain"), "plain");
}

TEST(LogEnd, ReadsTheEndOfALogOfAnySize) {
  const TemporaryFolder folder;
  std::string text;
  for (int line = 0; line < 20000; ++line) text += fmt::format("line {}\n", line);
  write_atomically(folder / "log", text + "no newline");
  EXPECT_THAT(runs::last_lines_of(folder / "log", 2), testing::ElementsAre("line 19999", "no newline"));
  EXPECT_EQ(runs::last_lines_of(folder / "log", 15000).front(), "line 5001");
  EXPECT_TRUE(runs::last_lines_of(folder / "none", 5).empty());
  EXPECT_THAT(runs::last_lines_of(folder / "log", 5, text.size()), testing::ElementsAre("no newline"));
}

// What Open MPI 5 writes after a rank's own message, and a table of the program's own.
TEST(LogEnd, LeavesOutThatMpirunSawAFailure) {
  const TemporaryFolder folder;
  const std::string rule(74, '-');
  const std::string notice = rule +
                             "\nprterun detected that one or more processes exited with non-zero status,\n"
                             "thus causing the job to be terminated. The first process to do so was:\n\n"
                             "   Process name: [prterun-node-812@1,0]\n   Exit code:    65\n" +
                             rule + "\n";
  write_atomically(folder / "log", "rank host\n" + rule + "\n0 node\nno such file\n" + notice);
  EXPECT_THAT(runs::last_lines_of_program(folder / "log", 8),
              testing::ElementsAre("rank host", rule, "0 node", "no such file"));
  EXPECT_THAT(runs::last_lines_of_program(folder / "log", 1), testing::ElementsAre("no such file"));
  const std::string no_slots = rule + "\nThere are not enough slots available in the system\n" + rule + "\n";
  write_atomically(folder / "log", no_slots);
  EXPECT_EQ(runs::last_lines_of_program(folder / "log", 8).size(), 3u);
  write_atomically(folder / "log", notice);
  EXPECT_EQ(runs::last_lines_of_program(folder / "log", 8).size(), 6u);
}

TEST(LogEnd, ShowsTheEndOfLongLines) {
  const TemporaryFolder folder;
  write_atomically(folder / "log", std::string(20'000'000, 'x') + "\n" + std::string(300'000, 'y') + "\nshort\n");
  const std::vector<std::string> lines = runs::last_lines_of(folder / "log", 8);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0], "\u2026" + std::string(2000, 'x'));
  EXPECT_EQ(lines[1], "\u2026" + std::string(2000, 'y'));
  EXPECT_EQ(lines[2], "short");
}

TEST_F(RunCommands, ShowLogsWithoutControlSequencesAndShortened) {
  example_.attempt(a_, 3, "failed");
  example_.write(a_, "log", std::string(3'000'000, 'x') + "\033[31mred\033[0m \033]0;title\a\xff\n");
  for (const auto& command : {std::vector<std::string>{"explain", a_}, {"explain", a_, "--json"}, {"logs", a_}}) {
    const std::string output = pbn(command).output;
    EXPECT_THAT(output, HasSubstr("xxred \uFFFD")) << command[0];
    EXPECT_THAT(output, Not(HasSubstr("\033"))) << command[0];
    EXPECT_LT(output.size(), 5000u) << command[0];
  }
}

}  // namespace
}  // namespace pbn::commands
