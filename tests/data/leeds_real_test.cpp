// The original Leeds Sports Pose data sets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/preparing/prepare.h"
#include "data/sources/leeds.h"
#include "small_pose_file.h"
#include "tests/places.h"

namespace pbn::data {
namespace {

const std::filesystem::path lsp = shared_data() / "lsp";
const std::filesystem::path lspet = shared_data() / "lspet";

TEST(LeedsSportsPose, AThousandPeopleTrainAndAThousandTest) {
  if (!std::filesystem::exists(lsp)) GTEST_SKIP() << "needs real data at " << lsp;
  const TemporaryFolder folder;
  PhotographOptions options;
  options.data_set = find_data_set("lsp");
  options.place.input = lsp;
  options.files = {{"train", folder / "train.h5"}, {"test", folder / "test.h5"}};
  options.how.box_pixels = 64;
  const PrepareSummary summary = prepare_photographs(options);
  EXPECT_EQ(summary.files[0].people, 1000);
  EXPECT_EQ(summary.files[1].people, 1000);
  EXPECT_EQ(summary.files[0].labelled, 14000);
  EXPECT_EQ(summary.files[0].outside, 0);
  EXPECT_EQ(summary.files[1].outside, 0);
  const PoseFile test(folder / "test.h5");
  EXPECT_EQ(test.people().front().image_name, "im1001.jpg");
  EXPECT_EQ(test.people().back().image_name, "im2000.jpg");
}

// If the third row meant "visible", most joints would be occluded.
TEST(LeedsSportsPose, FewJointsAreOccluded) {
  if (!std::filesystem::exists(lsp)) GTEST_SKIP() << "needs real data at " << lsp;
  std::int64_t occluded = 0, joints = 0;
  for (const LspSplit split : {LspSplit::train, LspSplit::test}) {
    for (const PersonInPhotograph& person : read_lsp(lsp, split).people) {
      occluded += std::count(person.occluded.begin(), person.occluded.end(), Occlusion::occluded);
      joints += std::ssize(person.occluded);
    }
  }
  EXPECT_NEAR(static_cast<double>(occluded) / static_cast<double>(joints), 0.073, 0.001);
}

TEST(LeedsSportsPoseExtended, TenThousandPeopleWithMostJointsLabelled) {
  if (!std::filesystem::exists(lspet)) GTEST_SKIP() << "needs real data at " << lspet;
  const PhotographSet set = read_lspet(lspet);
  EXPECT_EQ(set.people.size(), 10000U);
  std::int64_t labelled = 0, without_box = 0;
  for (const PersonInPhotograph& person : set.people) {
    labelled += std::count(person.labelled.begin(), person.labelled.end(), true);
    without_box += !person.box.has_value();
  }
  EXPECT_EQ(labelled, 123213);
  EXPECT_EQ(without_box, 0);
}

}  // namespace
}  // namespace pbn::data
