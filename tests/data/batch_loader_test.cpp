// The order of an epoch, the shares of ranks, and batches.
#include "data/loading/batch_loader.h"

#include <gmock/gmock.h>

#include <chrono>
#include <numeric>
#include <thread>

#include "base/error.h"
#include "data/loading/warp.h"
#include "paper_augmentation.h"
#include "small_pose_file.h"

namespace pbn::data {
namespace {

TEST(EpochOrder, IsAPermutationThatDependsOnSeedAndEpochAlone) {
  const auto order = epoch_order(100, 1, 1);
  std::vector<std::int64_t> all(100);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_THAT(order, testing::UnorderedElementsAreArray(all));
  EXPECT_EQ(order, epoch_order(100, 1, 1));
  EXPECT_NE(order, epoch_order(100, 1, 2));
  EXPECT_NE(order, epoch_order(100, 2, 1));
}

TEST(ShareOfRank, EveryEntryIsInExactlyOneShareAndSizesDifferByAtMostOne) {
  for (const std::size_t size : {0u, 1u, 7u, 16u}) {
    for (const int ranks : {1, 2, 3, 8}) {
      std::vector<std::int64_t> global(size), together;
      std::iota(global.begin(), global.end(), 40);
      for (int rank = 0; rank < ranks; ++rank) {
        const auto share = share_of_rank(global, rank, ranks);
        EXPECT_GE(share.size(), size / static_cast<std::size_t>(ranks));
        EXPECT_LE(share.size(), size / static_cast<std::size_t>(ranks) + 1);
        together.insert(together.end(), share.begin(), share.end());
      }
      EXPECT_EQ(together, global);
    }
  }
}

class Loading : public testing::Test {
 protected:
  PoseSet set_of(int people) {
    write_small_pose_file(folder / "people.h5", people);
    return PoseSet(PoseFile(folder / "people.h5"));
  }

  static std::vector<std::vector<std::int64_t>> batches_of(std::int64_t people, std::int64_t size) {
    std::vector<std::vector<std::int64_t>> batches;
    for (std::int64_t person = 0; person < people; ++person) {
      if (person % size == 0) batches.emplace_back();
      batches.back().push_back(person);
    }
    return batches;
  }

  static std::vector<Batch> all_of(BatchLoader loader) {
    std::vector<Batch> batches;
    while (auto batch = loader.next()) batches.push_back(std::move(*batch));
    return batches;
  }

  TemporaryFolder folder;
};

TEST_F(Loading, SeveralFilesAreOneNumberedSet) {
  PoseFileInfo wider = small_info();
  wider.extent = 2;
  write_small_pose_file(folder / "a.h5", 2);
  write_small_pose_file(folder / "b.h5", 3, wider);
  std::vector<PoseFile> files;
  files.emplace_back(folder / "a.h5");
  files.emplace_back(folder / "b.h5");
  const PoseSet set(std::move(files));
  EXPECT_EQ(set.size(), 5);
  EXPECT_EQ(set.input_pixels(), 64);
  EXPECT_EQ(set.person(1).image_name, "im1.jpg");
  EXPECT_EQ(set.person(2).image_name, "im0.jpg");
  EXPECT_EQ(set.info(4).crop_pixels(), 128);
  EXPECT_EQ(set.fingerprints().size(), 2u);
  std::vector<std::uint8_t> crop(128 * 128 * 3);
  set.read_crop(4, {0, 0, 128, 128}, crop);
  EXPECT_EQ(crop, random_crop(128, 2));
  EXPECT_THROW(set.person(5), Error);
}

TEST_F(Loading, IncompatibleFilesAreNamed) {
  PoseFileInfo larger = small_info();
  larger.box_pixels = 128;
  write_small_pose_file(folder / "a.h5", 1);
  write_small_pose_file(folder / "b.h5", 1, larger);
  std::vector<PoseFile> files;
  files.emplace_back(folder / "a.h5");
  files.emplace_back(folder / "b.h5");
  try {
    const PoseSet set(std::move(files));
    FAIL() << "two input sides were accepted for one set";
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::usage);
    EXPECT_THAT(error.where, testing::HasSubstr("b.h5"));
    EXPECT_THAT(error.problem, testing::HasSubstr("box_pixels is 128, not 64"));
  }
}

TEST_F(Loading, ABatchContainsTheViewsOfItsPeople) {
  const PoseSet set = set_of(5);
  const auto batches = all_of({set, Viewing{paper_augmentation, 9}, 4, {{3, 1}, {0}}, 1});
  ASSERT_EQ(batches.size(), 2u);
  EXPECT_THAT(batches[0].people, testing::ElementsAre(3, 1));
  const View view = augmented_view(set.info(1), paper_augmentation, Random(9, 4, 1, Purpose::augmentation));
  std::vector<std::uint8_t> pixels(64 * 64 * 3);
  warp(random_crop(96, 1), 96, view, pixels, 64);
  EXPECT_TRUE(std::equal(pixels.begin(), pixels.end(), batches[0].pixels.begin() + 64 * 64 * 3));
  const SeenJoints seen = seen_joints(set.person(1), view, set.skeleton());
  EXPECT_EQ(batches[0].joints[14 * 2 + 0], seen.joints[0][0]);
  EXPECT_EQ(batches[0].joints[14 * 2 + 1], seen.joints[0][1]);
  EXPECT_EQ(batches[0].labelled.size(), 2u * 14);
  const auto [x, y] = apply(batches[0].input_to_image[1], 32, 32);
  EXPECT_NEAR(x, 148, 1e-9);  // the middle of the crop of 96, moved by (100, 200)
  EXPECT_NEAR(y, 248, 1e-9);
}

TEST_F(Loading, AnyNumberOfThreadsGivesTheSameBatches) {
  const PoseSet set = set_of(23);
  const auto alone = all_of({set, Viewing{paper_augmentation, 1}, 1, batches_of(23, 4), 1});
  ASSERT_EQ(alone.size(), 6u);
  for (const int threads : {2, 5}) {
    const auto together = all_of({set, Viewing{paper_augmentation, 1}, 1, batches_of(23, 4), threads});
    ASSERT_EQ(together.size(), alone.size());
    for (std::size_t i = 0; i < alone.size(); ++i) {
      EXPECT_EQ(together[i].people, alone[i].people);
      EXPECT_EQ(together[i].pixels, alone[i].pixels);
      EXPECT_EQ(together[i].joints, alone[i].joints);
      EXPECT_EQ(together[i].input_to_image, alone[i].input_to_image);
    }
  }
}

TEST_F(Loading, EpochsShowThePeopleDifferently) {
  const PoseSet set = set_of(4);
  const auto first = all_of({set, Viewing{paper_augmentation, 1}, 1, {{0, 1, 2, 3}}, 1});
  const auto second = all_of({set, Viewing{paper_augmentation, 1}, 2, {{0, 1, 2, 3}}, 1});
  EXPECT_NE(first[0].pixels, second[0].pixels);
}

TEST_F(Loading, ARankWithoutAShareGetsEmptyBatches) {
  const PoseSet set = set_of(1);
  const auto batches = all_of({set, Viewing{}, 1, {{}, {0}}, 2});
  ASSERT_EQ(batches.size(), 2u);
  EXPECT_TRUE(batches[0].pixels.empty());
  EXPECT_EQ(batches[1].people.size(), 1u);
}

TEST_F(Loading, AnErrorIsThrownInPlaceOfItsBatch) {
  const PoseSet set = set_of(4);
  BatchLoader loader(set, Viewing{}, 1, {{0, 1}, {2, 77}, {3}}, 3);
  EXPECT_TRUE(loader.next());
  EXPECT_THROW(loader.next(), Error);
  EXPECT_THROW(loader.next(), Error) << "the error is permanent";
}

TEST_F(Loading, ALoaderCanBeDestroyedInMidEpoch) {
  const PoseSet set = set_of(8);
  std::vector<std::vector<std::int64_t>> long_epoch(100'000, std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7});
  const auto begin = std::chrono::steady_clock::now();
  {
    BatchLoader loader(set, Viewing{paper_augmentation, 1}, 1, std::move(long_epoch), 4);
    EXPECT_TRUE(loader.next());
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST_F(Loading, WaitingIsCounted) {
  const PoseSet set = set_of(4);
  BatchLoader loader(set, Viewing{}, 1, {{0, 1, 2, 3}}, 1);
  EXPECT_EQ(loader.seconds_waited(), 0);
  while (loader.next()) continue;
  EXPECT_GT(loader.seconds_waited(), 0);
}

TEST_F(Loading, ZeroThreadsAreRefused) {
  const PoseSet set = set_of(1);
  EXPECT_THROW(BatchLoader(set, Viewing{}, 1, {{0}}, 0), Error);
}

}  // namespace
}  // namespace pbn::data
