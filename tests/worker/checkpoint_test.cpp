#include "worker/checkpoint.h"

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
  static Checkpoint checkpoint_at(int epoch, std::int64_t step) {
    Position position;
    position.epoch = epoch;
    position.step = step;
    position.loss_so_far = 0.1 + epoch;
    position.epoch_losses = {1.0 / 3, 0.1};
    return {position, at::full({5}, 1.0 / 3), at::full({5}, 0.25), at::full({2, 3}, static_cast<double>(epoch))};
  }
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
  const auto found = newest_checkpoint(folder_, "run");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->position.epoch, 3);
  EXPECT_EQ(found->position.step, 17);
  EXPECT_EQ(found->position.epoch_losses, (std::vector<double>{1.0 / 3, 0.1}));
  EXPECT_TRUE(at::equal(found->parameters, at::full({5}, 1.0 / 3)));
  EXPECT_TRUE(at::equal(found->statistics, at::full({2, 3}, 3.0)));
}

TEST_F(CheckpointTest, TheNewestTwoAreKept) {
  for (int epoch = 1; epoch <= 12; ++epoch) save_checkpoint(folder_, "run", checkpoint_at(epoch, 0));
  EXPECT_EQ(files().size(), 2u);
  EXPECT_EQ(newest_checkpoint(folder_, "run")->position.epoch, 12);
}

TEST_F(CheckpointTest, WhenTheNewestIsCutInHalfTheOneBeforeIsUsed) {
  save_checkpoint(folder_, "run", checkpoint_at(1, 5));
  save_checkpoint(folder_, "run", checkpoint_at(2, 0));
  fs::resize_file(files().back(), fs::file_size(files().back()) / 2);
  testing::internal::CaptureStderr();
  EXPECT_EQ(newest_checkpoint(folder_, "run")->position.epoch, 1);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr("passing over a damaged checkpoint"));
}

TEST_F(CheckpointTest, AnotherRunsCheckpointIsRefused) {
  save_checkpoint(folder_, "run", checkpoint_at(1, 0));
  EXPECT_THROW(newest_checkpoint(folder_, "another"), Error);
}

TEST_F(CheckpointTest, NoFolderMeansNoCheckpoint) { EXPECT_FALSE(newest_checkpoint(folder_ / "none", "run")); }

}  // namespace
}  // namespace pbn
