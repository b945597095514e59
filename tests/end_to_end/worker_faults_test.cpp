// The worker when it is stopped, killed or stalled, when a loss is not finite, and when the disk is full. Random kills:
// kill_matrix_test.cpp.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/mount.h>

#include <cstring>
#include <fstream>
#include <thread>

#include "base/files.h"
#include "tests/becomes_true.h"
#include "tests/end_to_end/small_training.h"
#include "tests/places.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::AnyOf;
using testing::ContainsRegex;
using testing::HasSubstr;

const std::string mid_epoch = "ckpt/000002-00000000[1-3]*";
const std::string longer = "--train.epochs 60 --run.validate_every 100";
const std::string endless = "--train.epochs 100000";

class Faults : public testing::Test {
 protected:
  // The exit code of the process; fails the test if it does not end in time.
  int end_of(Process& process, std::chrono::milliseconds patience = 60s) const {
    const auto code = process.wait_for(patience);
    EXPECT_TRUE(code) << "the process hangs";
    return code.value_or(-1);
  }
  int train(int ranks, const std::string& folder, const std::string& more = "") const {
    const auto process = training_.start(ranks, folder, more);
    return end_of(*process);
  }
  std::vector<std::string> warnings(const std::string& folder) const {
    std::vector<std::string> texts;
    for (const Json& line : read_json_lines(training_.path(folder) + "/metrics.jsonl")) {
      if (at_path(line, "kind") == "warning") texts.push_back(at_path(line, "text"));
    }
    return texts;
  }
  void expect_the_outcome_of_an_undisturbed_run(const std::string& folder, int ranks,
                                                const std::string& more = "") const {
    ASSERT_EQ(train(ranks, folder, more), 0) << training_.output(folder);
    ASSERT_EQ(train(ranks, "undisturbed", more), 0) << training_.output("undisturbed");
    EXPECT_EQ(outcome_of(training_.path(folder)), outcome_of(training_.path("undisturbed")));
  }

  const SmallTraining training_;
};

using Signals = Faults;

TEST_F(Signals, TermToAWorkerWithoutMpirunSavesItAndAsksForARestart) {
  const auto process = training_.start_alone("alone");
  ASSERT_TRUE(training_.wait_for_file(*process, "alone", mid_epoch)) << training_.output("alone");
  process->signal(SIGTERM);
  EXPECT_EQ(end_of(*process), 75) << training_.output("alone");
  EXPECT_THAT(training_.output("alone"),
              AllOf(HasSubstr("SIGUSR2, SIGTERM or SIGHUP: saves a checkpoint and ends with 75"),
                    HasSubstr("saved in epoch 2 after step")));
  expect_the_outcome_of_an_undisturbed_run("alone", 1);
}

TEST_F(Signals, AClosedTerminalSavesAWorkerWithoutMpirun) {
  ::signal(SIGHUP, SIG_DFL);  // these tests may run under nohup
  const auto process = training_.start_alone("alone");
  ASSERT_TRUE(training_.wait_for_file(*process, "alone", mid_epoch)) << training_.output("alone");
  process->signal(SIGHUP);
  process->signal(SIGHUP);  // from the shell, and from the kernel
  EXPECT_EQ(end_of(*process), 75) << training_.output("alone");
}

// Whether the process has a handler for this signal (proc(5)).
bool catches(pid_t process, int signal) {
  std::ifstream status(fmt::format("/proc/{}/status", process));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("SigCgt:")) return (std::stoull(line.substr(7), nullptr, 16) >> (signal - 1) & 1) != 0;
  }
  return false;
}

TEST_F(Signals, ASecondTermEndsAWorkerImmediately) {
  const std::string slow = "--model.features 256 --train.global_batch 24";  // more than a second for a step
  const auto process = training_.start_alone("twice", slow);
  ASSERT_TRUE(training_.wait_for_file(*process, "twice", "activity/0")) << training_.output("twice");
  const pid_t worker = training_.ranks_of("twice").at(0);
  ::kill(worker, SIGTERM);
  while (catches(worker, SIGTERM)) std::this_thread::sleep_for(1ms);
  ::kill(worker, SIGTERM);
  EXPECT_EQ(end_of(*process), 128 + SIGTERM) << training_.output("twice");
}

TEST_F(Signals, TermToMpirunLosesAtMostTheWorkAfterTheLastCheckpointAndTheLogSaysSo) {
  const auto process = training_.start(2, "term", longer);
  ASSERT_TRUE(training_.wait_for_file(*process, "term", mid_epoch)) << training_.output("term");
  ::kill(process->id(), SIGTERM);
  EXPECT_NE(end_of(*process), 0);
  EXPECT_THAT(training_.output("term"),
              HasSubstr("SIGTERM: mpirun gives its ranks one second, so that at most the work since "
                        "the last checkpoint is lost"));
  expect_the_outcome_of_an_undisturbed_run("term", 2, longer);
  EXPECT_THAT(training_.output("term"), HasSubstr("continues from epoch"));
}

TEST_F(Signals, Usr2ToMpirunReachesEveryRank) {
  const auto process = training_.start(2, "usr2");
  ASSERT_TRUE(training_.wait_for_file(*process, "usr2", mid_epoch)) << training_.output("usr2");
  ::kill(process->id(), SIGUSR2);
  EXPECT_EQ(end_of(*process), 75) << training_.output("usr2");
  expect_the_outcome_of_an_undisturbed_run("usr2", 2);
}

using Standstill = Faults;

TEST_F(Standstill, AStoppedRankOfFourIsNamedAndTheRunEndsWith70) {
  for (const std::size_t victim : {0, 2}) {
    const std::string folder = fmt::format("stopped-{}", victim);
    const auto process = training_.start(4, folder, endless + " --run.watchdog 2");
    ASSERT_TRUE(training_.wait_for_file(*process, folder, mid_epoch)) << training_.output(folder);
    const auto ranks = training_.ranks_of(folder);
    ASSERT_EQ(ranks.size(), 4u);
    ::kill(ranks[victim], SIGSTOP);
    EXPECT_EQ(end_of(*process, 30s), 70) << training_.output(folder);
    EXPECT_THAT(training_.output(folder),
                AllOf(HasSubstr("no progress for 2 s (run.watchdog)"),
                      ContainsRegex(fmt::format("no sign of life from rank {} on [^,:]+: stopped, dead", victim)),
                      ContainsRegex(fmt::format("rank {}, process {} on", victim, ranks[victim])),
                      ContainsRegex("finished epoch [0-9]+, step [0-9]+, then requested [0-9]+ sums")));
    EXPECT_TRUE(training_.wait_for_end_of_ranks(folder));
    EXPECT_THAT(warnings(folder), testing::Contains(HasSubstr("no sign of life")));
  }
}

// The start has a minute, even with a shorter run.watchdog.
TEST_F(Standstill, ARankThatStopsDuringTheStartIsNamedAndTheRunEndsWith70) {
  std::vector<std::string> command = training_.command(2, "start", "--run.watchdog 2");
  const auto worker = std::find(command.begin(), command.end(), built_program("pbn_worker"));
  const std::vector<std::string> stops{"sh", "-c", "[ $OMPI_COMM_WORLD_RANK = 0 ] || kill -STOP $$; exec \"$@\"", "sh"};
  command.insert(worker, stops.begin(), stops.end());
  const auto process = training_.start(command, "start");
  EXPECT_EQ(end_of(*process, 100s), 70) << training_.output("start");
  EXPECT_THAT(
      training_.output("start"),
      AllOf(HasSubstr("no progress for 60 s"), HasSubstr("no sign of life from rank 1"),
            HasSubstr("rank 1, which has not started"), ContainsRegex("rank 0, process [0-9]+ on [^,]+, starting")));
  EXPECT_EQ(train(2, "start", "--run.watchdog 2"), 0) << training_.output("start");
  EXPECT_FALSE(fs::exists(training_.path("start") + "/starting"));
}

TEST_F(Standstill, AKilledRankOfFourEndsTheRunImmediately) {
  const auto process = training_.start(4, "killed", endless);
  ASSERT_TRUE(training_.wait_for_file(*process, "killed", mid_epoch)) << training_.output("killed");
  ::kill(training_.ranks_of("killed").at(2), SIGKILL);
  EXPECT_EQ(end_of(*process, 15s), 128 + SIGKILL) << training_.output("killed");
  EXPECT_TRUE(training_.wait_for_end_of_ranks("killed"));
}

// Rank 0 finds that it has lost the lease of the run; the other ranks cannot know.
TEST_F(Standstill, ARankOfFourThatThrowsEndsTheRunImmediatelyAndIsNamedWithTheReason) {
  const auto process = training_.start(4, "throws", endless);
  ASSERT_TRUE(training_.wait_for_file(*process, "throws", mid_epoch)) << training_.output("throws");
  std::ofstream(training_.path("throws") + "/worker.lock") << "{\"host\": \"node7\"}\n";
  EXPECT_EQ(end_of(*process, 15s), 69) << training_.output("throws");
  EXPECT_THAT(training_.output("throws"),
              AllOf(HasSubstr("pbn_worker: rank 0 on "), HasSubstr("taken over by another pbn_worker")));
}

using Lease = Faults;

TEST_F(Lease, TheSecondWorkerInAFolderNamesTheFirst) {
  const auto first = training_.start(2, "both", endless);
  ASSERT_TRUE(training_.wait_for_file(*first, "both", mid_epoch)) << training_.output("both");
  const pid_t holder = training_.ranks_of("both").at(0);
  const auto second = training_.start_alone("both", endless);
  EXPECT_EQ(end_of(*second), 69) << training_.output("both");
  EXPECT_THAT(training_.output("both"),
              HasSubstr(fmt::format("another pbn_worker is running this run: process {} on ", holder)));
  EXPECT_FALSE(first->wait_for(0ms)) << "the first continues";
}

using NotFinite = Faults;

const std::string explodes = "--train.rmsprop_decay 1 --train.rmsprop_epsilon 1e-30 --train.learning_rate 10";

TEST_F(NotFinite, ALossThatIsNotANumberStopsTheRunWithStepRanksPeopleAndTheLastGoodCheckpoint) {
  EXPECT_EQ(train(2, "nan", explodes), 65);
  EXPECT_THAT(training_.output("nan"),
              AllOf(ContainsRegex("epoch 1, step [2-4]: the (loss|gradient's norm) is -?(nan|inf)"),
                    ContainsRegex("on rank 1, whose people are train.h5: [0-9]+ \\([^)]+\\), [0-9]+ \\("),
                    ContainsRegex("the last good checkpoint is (none|ckpt/000001-00000000[1-3])")));
}

TEST_F(NotFinite, StepsCanBeSkippedButNotAllOfThem) {
  EXPECT_EQ(train(1, "skip", explodes + " --train.on_nan skip"), 65);
  EXPECT_THAT(training_.output("skip"),
              AllOf(HasSubstr("epoch 1, step 3: the loss is"), HasSubstr("the step is skipped"),
                    HasSubstr("epoch 2: no step had a finite loss and gradient")));
  EXPECT_THAT(warnings("skip"), testing::Contains(HasSubstr("the step is skipped")));
}

// The run's folder is a separate file system that is full for some time.
class FullDisk : public Faults {
 protected:
  void SetUp() override {
    fs::create_directory(disk_);
    if (::mount("tmpfs", disk_.c_str(), "tmpfs", 0, "size=4m") != 0) {
      GTEST_SKIP() << "needs the right to mount a small tmpfs (" << std::strerror(errno) << ")";
    }
    is_mounted_ = true;
  }
  ~FullDisk() override {
    if (is_mounted_) ::umount2(disk_.c_str(), MNT_DETACH);
  }
  void fill() const {
    std::ofstream filler(disk_ / "filler", std::ios::binary);
    const std::string block(4096, 'x');
    while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) continue;
  }
  bool wait_for_words(const std::string& words) const {
    return becomes_true([&] { return training_.output("full").find(words) != std::string::npos; });
  }

  const fs::path disk_ = training_.path("full");
  bool is_mounted_ = false;
};

TEST_F(FullDisk, FailsCheckpointsAndTrainingContinuesWithAWarning) {
  const auto process = training_.start(2, "full", longer);
  ASSERT_TRUE(training_.wait_for_file(*process, "full", mid_epoch)) << training_.output("full");
  fill();
  EXPECT_TRUE(wait_for_words("a checkpoint could not be written, training continues"));
  fs::remove(disk_ / "filler");
  EXPECT_EQ(end_of(*process), 0) << training_.output("full");
  EXPECT_THAT(warnings("full"), testing::Contains(HasSubstr("a checkpoint could not be written, training continues")));
  EXPECT_TRUE(fs::exists(disk_ / "result.json"));
}

TEST_F(FullDisk, StopsARunThatCannotSaveItselfWithTheReason) {
  const auto process = training_.start(2, "full", longer);
  ASSERT_TRUE(training_.wait_for_file(*process, "full", mid_epoch)) << training_.output("full");
  fill();
  EXPECT_TRUE(wait_for_words("a checkpoint could not be written, training continues"));
  ::kill(process->id(), SIGUSR2);
  EXPECT_EQ(end_of(*process), 69);
  EXPECT_THAT(training_.output("full"), HasSubstr("but the checkpoint could not be written: "));
  fs::remove(disk_ / "filler");
  EXPECT_EQ(train(2, "full", longer), 0) << training_.output("full");
  EXPECT_THAT(training_.output("full"), HasSubstr("continues from epoch"));
}

}  // namespace
}  // namespace pbn
