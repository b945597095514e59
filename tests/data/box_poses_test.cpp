// Joints relative to boxes, from pose files and Newell's files.
#include "data/groups/box_poses.h"

#include <gmock/gmock.h>

#include "data/hdf5/hdf5.h"
#include "tests/data/error_of.h"
#include "tests/data/small_pose_file.h"

namespace pbn::data {
namespace {

using testing::HasSubstr;

TEST(BoxPoses, AJointInTheMiddleOfACropIsInTheMiddleOfTheBox) {
  const TemporaryFolder folder;
  write_small_pose_file(folder / "poses.h5", 3);
  const PoseFile file(folder / "poses.h5");
  const BoxPoses people = read_box_poses({folder / "poses.h5"});
  EXPECT_EQ(people.skeleton->name, "lsp14");
  EXPECT_EQ(people.sources[0].fingerprint, file.info().fingerprint);
  EXPECT_DOUBLE_EQ(people.people[2].joints[4][0], (file.people()[2].joints[4][0] - 48.0) / 64);
}

TEST(BoxPoses, ANewellPartAtTheOriginIsNotLabelled) {
  const TemporaryFolder folder;
  NewellAnnotations annotations;
  annotations.file = folder / "valid.h5";
  Hdf5Writer(annotations.file).close();  // the fingerprint is that of its content
  annotations.centre = {{100, 100}};
  annotations.scale = {1};
  annotations.part.resize(1);
  annotations.part[0][4] = {150, 100};
  const BoxPoses people = box_poses(annotations);
  EXPECT_FALSE(people.people[0].labelled[3]);
  EXPECT_TRUE(people.people[0].labelled[4]);
  EXPECT_DOUBLE_EQ(people.people[0].joints[4][0], 0.25);
}

TEST(BoxPoses, PeopleOfSeveralFilesHaveThePartsOfTheFirst) {
  const TemporaryFolder folder;
  PoseFileInfo sixteen = small_info();
  sixteen.skeleton = &config::mpii16();
  sixteen.box_pixels = 128;
  write_small_pose_file(folder / "lsp.h5", 2);
  write_small_pose_file(folder / "mpii.h5", 3, sixteen);
  const BoxPoses alone = read_box_poses({folder / "mpii.h5"});
  const BoxPoses fourteen = read_box_poses({folder / "lsp.h5", folder / "mpii.h5"});
  ASSERT_EQ(fourteen.people.size(), 5u);
  EXPECT_EQ(fourteen.skeleton->name, "lsp14");
  EXPECT_EQ(names_of(fourteen.sources), (folder / "lsp.h5").string() + ", " + (folder / "mpii.h5").string());
  EXPECT_EQ(fourteen.people[4].joints[6], alone.people[2].joints[10]) << "the right wrist";
  const BoxPoses pelvis = read_box_poses({folder / "mpii.h5", folder / "lsp.h5"});
  EXPECT_TRUE(pelvis.people[0].labelled[6]);
  EXPECT_FALSE(pelvis.people[4].labelled[6]) << "the pelvis, which lsp14 lacks";
  EXPECT_TRUE(pelvis.people[4].labelled[10]);
}

TEST(BoxPoses, AFileThatIsNeitherIsRefused) {
  const TemporaryFolder folder;
  Hdf5Writer(folder / "other.h5").close();
  EXPECT_THAT(error_of([&] { read_box_poses({folder / "other.h5"}); }).what(), HasSubstr("neither"));
}

}  // namespace
}  // namespace pbn::data
