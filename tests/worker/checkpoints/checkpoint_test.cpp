// Checkpoints on disk, including damaged ones, those of other runs and missing ones.
#include "worker/checkpoints/checkpoint_folder.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "base/error.h"
#include "base/files.h"
#include "tests/temporary_folder.h"
#include "worker/checkpoints/checkpoint_writer.h"

namespace pbn::worker {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CheckpointTest : public testing::Test {
 protected:
  static constexpr CheckpointShape shape{5, 3, false};
  static inline const Json run{{"seed", 1}, {"model.depth", 2}};

  static Checkpoint checkpoint_at(int epoch, std::int64_t step) {
    Position position;
    position.epoch = epoch;
    position.step = step;
    position.loss_so_far = 0.1 + epoch;
    position.epoch_losses.assign(static_cast<std::size_t>(epoch - 1), 1.0 / 3);
    return {position, at::full({5}, 1.0 / 3), at::full({5}, 0.25), at::full({2, 3}, static_cast<double>(epoch))};
  }
  static void save(const fs::path& folder, const Checkpoint& checkpoint, int keep = 2) {
    save_checkpoint(folder, run, checkpoint, keep);
  }
  static FoundCheckpoint newest(const fs::path& folder) { return newest_checkpoint(folder, run, shape); }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& file : files()) all.push_back(file.filename().string());
    return all;
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> all(fs::directory_iterator(folder_ / "ckpt"), {});
    std::sort(all.begin(), all.end());
    return all;
  }

  const TemporaryFolder temporary_;
  const fs::path& folder_ = temporary_.path();
};

TEST_F(CheckpointTest, IsReadBitForBit) {
  save(folder_, checkpoint_at(3, 17));
  const auto found = newest(folder_);
  ASSERT_TRUE(found.checkpoint);
  EXPECT_THAT(found.damaged, IsEmpty());
  EXPECT_EQ(found.checkpoint->position.epoch, 3);
  EXPECT_EQ(found.checkpoint->position.step, 17);
  EXPECT_EQ(found.checkpoint->position.epoch_losses, (std::vector<double>{1.0 / 3, 1.0 / 3}));
  EXPECT_TRUE(at::equal(found.checkpoint->parameters, at::full({5}, 1.0 / 3)));
  EXPECT_TRUE(at::equal(found.checkpoint->statistics, at::full({2, 3}, 3.0)));
}

TEST_F(CheckpointTest, TheNewestAndTheOneAfterTheBestValidationAreKept) {
  Checkpoint checkpoint = checkpoint_at(1, 0);
  for (int epoch = 1; epoch <= 12; ++epoch) {
    const int best = checkpoint.position.best_epoch;
    checkpoint = checkpoint_at(epoch, 0);
    checkpoint.position.best_epoch = epoch == 6 ? 5 : best;  // validated at the end of epoch 5
    save(folder_, checkpoint, 3);
  }
  EXPECT_THAT(names(), ElementsAre("000006-000000000.safetensors", "000010-000000000.safetensors",
                                   "000011-000000000.safetensors", "000012-000000000.safetensors"));
  EXPECT_EQ(newest(folder_).checkpoint->position.epoch, 12);
}

TEST_F(CheckpointTest, IfTheNewestIsTruncatedThePreviousOneIsUsed) {
  save(folder_, checkpoint_at(1, 5));
  save(folder_, checkpoint_at(2, 0));
  fs::resize_file(files().back(), fs::file_size(files().back()) / 2);
  const auto found = newest(folder_);
  EXPECT_EQ(found.checkpoint->position.epoch, 1);
  EXPECT_THAT(found.damaged, ElementsAre(HasSubstr("000002-000000000.safetensors")));
}

// The SHA-256 covers every byte.
TEST_F(CheckpointTest, AChangeOfAnySingleByteIsDetected) {
  save(folder_, checkpoint_at(1, 5));
  save(folder_, checkpoint_at(2, 0));
  const fs::path file = files().back();
  const std::string whole = read_file(file);
  for (std::size_t place = 0; place < whole.size(); ++place) {
    std::string spoilt = whole;
    spoilt[place] ^= 1;
    std::ofstream(file, std::ios::binary | std::ios::trunc) << spoilt;
    try {
      const auto found = newest(folder_);
      EXPECT_EQ(found.checkpoint->position.epoch, 1) << "byte " << place << ": " << whole.substr(place, 20);
      EXPECT_EQ(found.damaged.size(), 1u);
    } catch (const Error& error) {
      ADD_FAILURE() << "byte " << place << ": " << error.what();
    }
  }
}

TEST_F(CheckpointTest, TheAverageOfTheWeightsIsReadWithTheNumberOfItsUpdates) {
  Checkpoint checkpoint = checkpoint_at(1, 4);
  checkpoint.average = {at::full({5}, 2.0), at::full({2, 3}, 0.5), 4};
  save(folder_, checkpoint);
  const auto found = newest_checkpoint(folder_, run, {5, 3, true}).checkpoint;
  ASSERT_TRUE(found && found->average);
  EXPECT_TRUE(at::equal(found->average->parameters, at::full({5}, 2.0)));
  EXPECT_TRUE(at::equal(found->average->statistics, at::full({2, 3}, 0.5)));
  EXPECT_EQ(found->average->updates, 4);
}

// Such a checkpoint is skipped with one message, and the previous one is used.
TEST_F(CheckpointTest, OfAnotherShapeOrNotFiniteOrAtAnImpossiblePositionIsSkipped) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  using Spoil = void (*)(Checkpoint&);
  const std::vector<Spoil> hostile{[](Checkpoint& c) { c.parameters = at::zeros({6}); },
                                   [](Checkpoint& c) { c.parameters = at::zeros({5}, at::kLong); },
                                   [](Checkpoint& c) { c.parameters = at::full({5}, nan); },
                                   [](Checkpoint& c) { c.mean_square = at::full({5}, -1.0); },
                                   [](Checkpoint& c) {
                                     c.mean_square = at::zeros({1, 5});
                                   },
                                   [](Checkpoint& c) {
                                     c.statistics = at::zeros({0, 3});
                                   },
                                   [](Checkpoint& c) {
                                     c.statistics = at::zeros({2, 4});
                                   },
                                   [](Checkpoint& c) { c.position.step = -1; },
                                   [](Checkpoint& c) { c.position.epoch_losses.clear(); },
                                   [](Checkpoint& c) { c.position.loss_so_far = nan; },
                                   [](Checkpoint& c) { c.position.best_epoch = 7; },
                                   [](Checkpoint& c) { c.position.attempts = 0; }};
  for (std::size_t i = 0; i < hostile.size(); ++i) {
    const fs::path folder = folder_ / std::to_string(i);
    Checkpoint spoilt = checkpoint_at(2, 0);
    hostile[i](spoilt);
    save(folder, checkpoint_at(1, 5));
    save(folder, spoilt);
    const auto found = newest(folder);
    ASSERT_TRUE(found.checkpoint) << i;
    EXPECT_EQ(found.checkpoint->position.epoch, 1) << i;
    EXPECT_EQ(found.damaged.size(), 1u) << i;
  }
}

TEST_F(CheckpointTest, WithoutTheAverageOfTheRunIsSkipped) {
  save(folder_, checkpoint_at(1, 5));
  EXPECT_FALSE(newest_checkpoint(folder_, run, {5, 3, true}).checkpoint);
}

std::string usage_error_of(const fs::path& folder, const Json& run) {
  try {
    newest_checkpoint(folder, run, {5, 3, false});
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::usage);
    return error.what();
  }
  return "not refused";
}

TEST_F(CheckpointTest, OfAnotherRunIsRefusedWithTheSettingsThatDiffer) {
  save(folder_, checkpoint_at(1, 0));
  EXPECT_THAT(usage_error_of(folder_, {{"seed", 2}}),
              AllOf(HasSubstr("model.depth: 2 there, its default here"), HasSubstr("seed: 1 there, 2 here")));
}

TEST_F(CheckpointTest, OfAnotherNumberOfRanksWithBatchNormPerRankIsRefusedWithTheReason) {
  Json eight = run, four = run;
  eight["samples_per_batch_norm"] = 8;
  four["samples_per_batch_norm"] = 4;
  save_checkpoint(folder_, eight, checkpoint_at(1, 0), 2);
  EXPECT_THAT(usage_error_of(folder_, four),
              AllOf(HasSubstr("samples_per_batch_norm: 8 there, 4 here"), HasSubstr("use as many ranks as before")));
}

TEST_F(CheckpointTest, NoFolderMeansNoCheckpoint) { EXPECT_FALSE(newest(folder_ / "none").checkpoint); }

TEST_F(CheckpointTest, IncompleteFilesOfAKilledWriterAreRemoved) {
  save(folder_, checkpoint_at(1, 0));
  std::ofstream(folder_ / "ckpt/.000001-000000005.safetensors.host-1-0.tmp") << "half";
  std::ofstream(folder_ / ".predictions.h5.host-1-0.tmp") << "half";
  std::ofstream(folder_ / "metrics.jsonl") << "{}\n";
  remove_unfinished_files(folder_);
  EXPECT_THAT(names(), ElementsAre("000001-000000000.safetensors"));
  EXPECT_FALSE(fs::exists(folder_ / ".predictions.h5.host-1-0.tmp"));
  EXPECT_TRUE(fs::exists(folder_ / "metrics.jsonl"));
}

TEST_F(CheckpointTest, TheWriterSavesTheStateAtTheTimeOfItsStart) {
  CheckpointWriter writer(folder_, run, 2);
  Checkpoint state = checkpoint_at(1, 5);
  writer.prepare(state);
  writer.start(state);
  state.parameters.fill_(-1);  // training continues
  writer.finish();
  EXPECT_THAT(writer.failures(), IsEmpty());
  EXPECT_TRUE(at::equal(newest(folder_).checkpoint->parameters, at::full({5}, 1.0 / 3)));
}

TEST_F(CheckpointTest, AFailureToWriteIsReportedAndOlderCheckpointsStay) {
  save(folder_, checkpoint_at(1, 5));
  CheckpointWriter writer(folder_, run, 2);
  struct rlimit before {};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const struct rlimit small { 64, before.rlim_max };  // like a full disk, but only for this process
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  writer.start(checkpoint_at(2, 0));
  writer.finish();
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(writer.failures(), ElementsAre(HasSubstr("000002-000000000.safetensors")));
  EXPECT_THAT(writer.failures(), IsEmpty()) << "each failure is reported once";
  EXPECT_THAT(names(), ElementsAre("000001-000000005.safetensors"));
}

}  // namespace
}  // namespace pbn::worker
