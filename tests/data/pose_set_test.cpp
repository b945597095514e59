// Pose files combined to one set of people.
#include "data/pose_file/pose_set.h"

#include "data/loading/batch_loader.h"
#include "data/preparing/prepare.h"
#include "error_of.h"
#include "small_pose_file.h"

namespace pbn::data {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::vector<PoseFile> opened(const std::vector<std::filesystem::path>& paths) {
  std::vector<PoseFile> files;
  for (const auto& path : paths) files.emplace_back(path);
  return files;
}

// Two synthetic people with sixteen parts, and two people of noise with fourteen parts in wider crops.
class TwoSkeletons : public testing::Test {
 protected:
  TwoSkeletons() {
    SyntheticOptions options;
    options.files = {{"train", mpii_}};
    options.people = 2;
    options.how.box_pixels = 64;
    options.how.encoding = Encoding::jpeg;
    prepare_synthetic(options);
    PoseFileInfo info = small_info();
    info.extent = 2;
    write_small_pose_file(lsp_, 2, info);
  }

  TemporaryFolder folder_;
  const std::filesystem::path mpii_ = folder_ / "mpii.h5", lsp_ = folder_ / "lsp.h5";
};

TEST_F(TwoSkeletons, SixteenPartsBecomeFourteenByName) {
  const PoseSet set(opened({mpii_, lsp_}), &config::lsp14());
  const PoseFile original(mpii_);
  EXPECT_EQ(set.size(), 4);
  EXPECT_EQ(set.skeleton().name, "lsp14");
  for (int part = 0; part < 14; ++part) {
    const auto there =
        static_cast<std::size_t>(config::mpii16().index_of(config::lsp14().parts[static_cast<std::size_t>(part)]));
    const auto here = static_cast<std::size_t>(part);
    EXPECT_EQ(set.person(1).joints[here], original.people()[1].joints[there]);
    EXPECT_EQ(set.person(1).labelled[here], original.people()[1].labelled[there]);
    EXPECT_EQ(set.person(1).occluded[here], original.people()[1].occluded[there]);
  }
  EXPECT_EQ(set.person(2).joints, PoseFile(lsp_).people()[0].joints);
}

TEST_F(TwoSkeletons, FourteenPartsBecomeSixteenWithoutPelvisAndThorax) {
  const PoseSet set(opened({lsp_, mpii_}), &config::mpii16());
  const Person& person = set.person(0);
  for (const char* part : {"pelvis", "thorax"}) {
    EXPECT_FALSE(person.labelled[static_cast<std::size_t>(config::mpii16().index_of(part))]);
  }
  EXPECT_EQ(std::count(person.labelled.begin(), person.labelled.end(), true), 14);
  EXPECT_EQ(person.joint_in_image(config::mpii16().index_of("neck")), PoseFile(lsp_).people()[0].joint_in_image(12));
}

TEST_F(TwoSkeletons, TheLoaderServesBothAlike) {
  const PoseSet set(opened({mpii_, lsp_}), &config::lsp14());
  BatchLoader loader(set, {}, 1, {{0, 3}}, 1);
  const std::optional<Batch> batch = loader.next();
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->pixels.size(), 2u * 64 * 64 * 3);
  EXPECT_EQ(batch->labelled.size(), 2u * 14);
  // Without augmentation input pixels are crop pixels less the margin: 24 on each side at 1.75, 32 at 2.
  const auto expect_joint = [&](std::size_t place, std::int64_t person, std::size_t part, float margin) {
    EXPECT_NEAR(batch->joints[2 * (14 * place + part)], set.person(person).joints[part][0] - margin, 1e-3);
    EXPECT_NEAR(batch->joints[2 * (14 * place + part) + 1], set.person(person).joints[part][1] - margin, 1e-3);
  };
  for (std::size_t part = 0; part < 14; ++part) {
    expect_joint(0, 0, part, 24);
    expect_joint(1, 3, part, 32);
  }
}

TEST_F(TwoSkeletons, OnlyTheInputSideMustBeTheSame) {
  PoseFileInfo larger = small_info();
  larger.box_pixels = 128;
  write_small_pose_file(folder_ / "larger.h5", 1, larger);
  const Error error = error_of([&] { PoseSet(opened({lsp_, folder_ / "larger.h5"})); });
  EXPECT_EQ(error.blame, Blame::usage);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("larger.h5: cannot be used with"), HasSubstr("lsp.h5"),
                                  HasSubstr("box_pixels is 128, not 64"), HasSubstr("--box 64")));
}

TEST(PoseSet, AFileWithoutLabelledJointsIsRefused) {
  const TemporaryFolder folder;
  const PoseFileInfo info = small_info();
  PoseFileWriter writer(folder / "test.h5", info, 1);
  Person person = random_person(info, 1);
  person.labelled.assign(14, false);
  writer.add(person, random_crop(info.crop_pixels(), 1));
  writer.finish();
  const Error error = error_of([&] { require_labelled_joints(PoseFile(folder / "test.h5"), "data.train"); });
  EXPECT_EQ(error.blame, Blame::usage);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("data.train: "), HasSubstr("test.h5 has no labelled joint")));
}

}  // namespace
}  // namespace pbn::data
