#include "worker/training/checkpoint.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <fstream>

#include "base/error.h"
#include "tests/temporary_folder.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;

class CheckpointTest : public testing::Test {
 protected:
  static constexpr CheckpointShape shape{5, 3, false};

  static Checkpoint checkpoint_at(int epoch, std::int64_t step) {
    Position position;
    position.epoch = epoch;
    position.step = step;
    position.loss_so_far = 0.1 + epoch;
    position.epoch_losses.assign(static_cast<std::size_t>(epoch - 1), 1.0 / 3);
    return {position, at::full({5}, 1.0 / 3), at::full({5}, 0.25), at::full({2, 3}, static_cast<double>(epoch))};
  }
  static std::optional<Checkpoint> newest(const fs::path& folder) { return newest_checkpoint(folder, "run", shape); }
  std::vector<fs::path> files() const {
    std::vector<fs::path> all(fs::directory_iterator(folder_ / "ckpt"), {});
    std::sort(all.begin(), all.end());
    return all;
  }

  const TemporaryFolder temporary_;
  const fs::path& folder_ = temporary_.path();
};

TEST_F(CheckpointTest, ComesBackBitForBit) {
  save_checkpoint(folder_, "run", checkpoint_at(3, 17));
  const auto found = newest(folder_);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->position.epoch, 3);
  EXPECT_EQ(found->position.step, 17);
  EXPECT_EQ(found->position.epoch_losses, (std::vector<double>{1.0 / 3, 1.0 / 3}));
  EXPECT_TRUE(at::equal(found->parameters, at::full({5}, 1.0 / 3)));
  EXPECT_TRUE(at::equal(found->statistics, at::full({2, 3}, 3.0)));
}

TEST_F(CheckpointTest, TheNewestTwoAreKept) {
  for (int epoch = 1; epoch <= 12; ++epoch) save_checkpoint(folder_, "run", checkpoint_at(epoch, 0));
  EXPECT_EQ(files().size(), 2u);
  EXPECT_EQ(newest(folder_)->position.epoch, 12);
}

TEST_F(CheckpointTest, WhenTheNewestIsCutInHalfTheOneBeforeIsUsed) {
  save_checkpoint(folder_, "run", checkpoint_at(1, 5));
  save_checkpoint(folder_, "run", checkpoint_at(2, 0));
  fs::resize_file(files().back(), fs::file_size(files().back()) / 2);
  testing::internal::CaptureStderr();
  EXPECT_EQ(newest(folder_)->position.epoch, 1);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr("passing over a damaged checkpoint"));
}

TEST_F(CheckpointTest, TheAverageOfTheWeightsComesBackWithTheNumberOfItsUpdates) {
  Checkpoint checkpoint = checkpoint_at(1, 4);
  checkpoint.average = {at::full({5}, 2.0), at::full({2, 3}, 0.5), 4};
  save_checkpoint(folder_, "run", checkpoint);
  const auto found = newest_checkpoint(folder_, "run", {5, 3, true});
  ASSERT_TRUE(found && found->average);
  EXPECT_TRUE(at::equal(found->average->parameters, at::full({5}, 2.0)));
  EXPECT_TRUE(at::equal(found->average->statistics, at::full({2, 3}, 0.5)));
  EXPECT_EQ(found->average->updates, 4);
}

// Whatever a file claims, it is passed over with one message, and the one before it is used.
TEST_F(CheckpointTest, OfAnotherShapeOrNotFiniteOrAtAnImpossiblePlaceIsPassedOver) {
  const auto spoilt = [](auto spoil) {
    Checkpoint checkpoint = checkpoint_at(2, 0);
    spoil(checkpoint);
    return checkpoint;
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Checkpoint> hostile{spoilt([](Checkpoint& c) { c.parameters = at::zeros({6}); }),
                                        spoilt([](Checkpoint& c) { c.parameters = at::zeros({5}, at::kLong); }),
                                        spoilt([&](Checkpoint& c) { c.parameters = at::full({5}, nan); }),
                                        spoilt([](Checkpoint& c) { c.mean_square = at::full({5}, -1.0); }),
                                        spoilt([](Checkpoint& c) {
                                          c.mean_square = at::zeros({1, 5});
                                        }),
                                        spoilt([](Checkpoint& c) {
                                          c.statistics = at::zeros({0, 3});
                                        }),
                                        spoilt([](Checkpoint& c) {
                                          c.statistics = at::zeros({2, 4});
                                        }),
                                        spoilt([](Checkpoint& c) { c.position.step = -1; }),
                                        spoilt([](Checkpoint& c) { c.position.epoch_losses.clear(); }),
                                        spoilt([&](Checkpoint& c) { c.position.loss_so_far = nan; }),
                                        spoilt([](Checkpoint& c) { c.position.attempts = 0; })};
  for (std::size_t i = 0; i < hostile.size(); ++i) {
    const fs::path folder = folder_ / std::to_string(i);
    save_checkpoint(folder, "run", checkpoint_at(1, 5));
    save_checkpoint(folder, "run", hostile[i]);
    testing::internal::CaptureStderr();
    const auto found = newest(folder);
    const std::string said = testing::internal::GetCapturedStderr();
    ASSERT_TRUE(found) << said;
    EXPECT_EQ(found->position.epoch, 1) << i;
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
  }
}

TEST_F(CheckpointTest, WithoutTheAverageThatTheRunKeepsIsPassedOver) {
  save_checkpoint(folder_, "run", checkpoint_at(1, 5));
  testing::internal::CaptureStderr();
  EXPECT_FALSE(newest_checkpoint(folder_, "run", {5, 3, true}));
  testing::internal::GetCapturedStderr();
}

TEST_F(CheckpointTest, AnotherRunsCheckpointIsRefused) {
  save_checkpoint(folder_, "run", checkpoint_at(1, 0));
  EXPECT_THROW(newest_checkpoint(folder_, "another", shape), Error);
}

TEST_F(CheckpointTest, NoFolderMeansNoCheckpoint) { EXPECT_FALSE(newest(folder_ / "none")); }

}  // namespace
}  // namespace pbn
