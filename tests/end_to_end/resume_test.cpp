// Runs that resume from any step, also with another number of ranks. There are 27 people in batches of 8: the last
// batch of an epoch has three people, which two ranks share unevenly.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>

#include "base/files.h"
#include "tests/end_to_end/small_training.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::DoubleNear;
using testing::HasSubstr;
using testing::Pointwise;

const std::string keeps_all = "--run.keep_checkpoints 1000";
const std::string in_double = "--train.precision fp64";

class Resume : public testing::Test {
 protected:
  int train(int ranks, const std::string& folder, const std::string& more = "") const {
    const auto process = training_.start(ranks, folder, more);
    return process->wait();
  }
  // Trains an undisturbed run and returns the checkpoints of all steps.
  std::vector<fs::path> checkpoints_of_undisturbed_run(int ranks, const std::string& folder,
                                                       const std::string& more) const {
    EXPECT_EQ(train(ranks, folder, keeps_all + " " + more), 0) << training_.output(folder);
    std::vector<fs::path> files(fs::directory_iterator(training_.path(folder) + "/ckpt"), {});
    std::sort(files.begin(), files.end());
    return files;
  }
  // Makes a run that was stopped at this checkpoint.
  void stop_at(const fs::path& checkpoint, const std::string& folder) const {
    fs::create_directories(training_.path(folder) + "/ckpt");
    fs::copy(checkpoint, training_.path(folder) + "/ckpt");
  }
  Json losses_of(const std::string& folder) const { return outcome_of(training_.path(folder)).at("training_loss"); }
  void expect_same_training(const std::string& one, const std::string& other) const {
    const auto losses = [&](const std::string& folder) { return losses_of(folder).get<std::vector<double>>(); };
    EXPECT_THAT(losses(one), Pointwise(DoubleNear(1e-9), losses(other)));
  }

  const SmallTraining training_;
};

TEST_F(Resume, FromAnyStepTheRunEndsWithTheSameBits) {
  const auto checkpoints = checkpoints_of_undisturbed_run(2, "whole", "");
  ASSERT_EQ(checkpoints.size(), 3 * 4 + 3u);  // three epochs of four steps, and one after each epoch
  for (const fs::path& checkpoint : checkpoints) {
    const std::string folder = "from-" + checkpoint.stem().string();
    stop_at(checkpoint, folder);
    ASSERT_EQ(train(2, folder), 0) << training_.output(folder);
    EXPECT_THAT(training_.output(folder), HasSubstr("continues from epoch"));
    EXPECT_EQ(outcome_of(training_.path(folder)), outcome_of(training_.path("whole"))) << checkpoint;
  }
}

TEST_F(Resume, WithAveragedWeightsMicroBatchesAndBf16TheRunEndsWithTheSameBits) {
  const std::string settings =
      "--train.accumulate 2 --train.average 0.9 --train.precision bf16 --train.wire bf16 --run.loader_threads 2";
  const auto checkpoints = checkpoints_of_undisturbed_run(2, "whole", settings);
  stop_at(checkpoints.at(5), "cut");
  ASSERT_EQ(train(2, "cut", settings + " --run.loader_threads 1"), 0) << training_.output("cut");
  EXPECT_EQ(outcome_of(training_.path("cut")), outcome_of(training_.path("whole")));
}

TEST_F(Resume, WithSynchronisedBatchNormAnyNumberOfRanksResumesWithTheSameData) {
  const std::string settings = in_double + " --model.batch_norm synchronised";
  const auto checkpoints = checkpoints_of_undisturbed_run(2, "two", settings);
  stop_at(checkpoints.at(6), "one");
  ASSERT_EQ(train(1, "one", settings), 0) << training_.output("one");
  EXPECT_THAT(training_.output("one"), HasSubstr("continues from epoch 2, step 3"));
  expect_same_training("one", "two");
}

TEST_F(Resume, OneRankWithTwoMicroBatchesResumesTheRunOfTwoRanks) {
  const auto checkpoints = checkpoints_of_undisturbed_run(2, "two", in_double);
  stop_at(checkpoints.at(6), "one");
  ASSERT_EQ(train(1, "one", in_double + " --train.accumulate 2"), 0) << training_.output("one");
  expect_same_training("one", "two");
}

TEST_F(Resume, WithBatchNormOfEachRankAnotherNumberOfRanksIsRefusedWithTheReason) {
  const auto checkpoints = checkpoints_of_undisturbed_run(2, "two", "--train.epochs 2");
  stop_at(checkpoints.at(2), "one");
  EXPECT_EQ(train(1, "one", "--train.epochs 2"), 64);
  EXPECT_THAT(training_.output("one"),
              AllOf(HasSubstr("holds checkpoints of another run (samples_per_batch_norm: 4 there, 8 here)"),
                    HasSubstr("use as many ranks as before, or --model.batch_norm synchronised")));
}

TEST_F(Resume, AnEpochReportsTheSumAndTheLongestOfItsWaitsForCheckpoints) {
  checkpoints_of_undisturbed_run(2, "whole", "--train.epochs 1");
  int epochs = 0;
  for (const Json& line : read_json_lines(training_.path("whole") + "/metrics.jsonl")) {
    if (at_path(line, "kind") != "epoch") continue;
    ++epochs;
    const double longest = line.at("checkpoint_stall_ms").get<double>() / 1e3;
    EXPECT_GT(longest, 0);
    EXPECT_GT(line.at("seconds_waiting_for_checkpoints").get<double>(), longest) << "there were several";
  }
  EXPECT_EQ(epochs, 1);
}

// The epoch has 27 people; the run resumes with three of them left.
TEST_F(Resume, AnEpochsRateCountsTheImagesOfItsOwnAttempt) {
  const auto checkpoints = checkpoints_of_undisturbed_run(2, "whole", "--train.epochs 1");
  ASSERT_THAT(checkpoints.at(2).filename().string(), HasSubstr("000001-000000003"));
  stop_at(checkpoints.at(2), "cut");
  ASSERT_EQ(train(2, "cut", "--train.epochs 1"), 0) << training_.output("cut");
  for (const auto& [folder, images] : {std::pair("whole", 27.0), std::pair("cut", 3.0)}) {
    for (const Json& line : read_json_lines(training_.path(folder) + "/metrics.jsonl")) {
      if (at_path(line, "kind") != "epoch") continue;
      EXPECT_NEAR(line.at("images_per_second").get<double>() * line.at("seconds").get<double>(), images, 1e-6);
    }
  }
}

TEST_F(Resume, ADamagedNewestCheckpointIsSkippedAndTheRunEndsWithTheSameBits) {
  const auto checkpoints = checkpoints_of_undisturbed_run(2, "whole", "");
  stop_at(checkpoints.at(3), "cut");
  stop_at(checkpoints.at(5), "cut");
  const std::string damaged = training_.path("cut") + "/ckpt/" + checkpoints.at(5).filename().string();
  std::string bytes = read_file(damaged);
  bytes[bytes.size() / 2] ^= 1;
  write_atomically(damaged, bytes);
  ASSERT_EQ(train(2, "cut"), 0) << training_.output("cut");
  EXPECT_THAT(training_.output("cut"), AllOf(HasSubstr("skips a damaged checkpoint"), HasSubstr("SHA-256")));
  EXPECT_EQ(outcome_of(training_.path("cut")), outcome_of(training_.path("whole")));
}

}  // namespace
}  // namespace pbn
