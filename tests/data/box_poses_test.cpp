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
  const BoxPoses people = read_box_poses(folder / "poses.h5");
  EXPECT_EQ(people.skeleton->name, "lsp14");
  EXPECT_EQ(people.fingerprint, file.info().fingerprint);
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

TEST(BoxPoses, AFileThatIsNeitherIsRefused) {
  const TemporaryFolder folder;
  Hdf5Writer(folder / "other.h5").close();
  EXPECT_THAT(error_of([&] { read_box_poses(folder / "other.h5"); }).what(), HasSubstr("neither"));
}

}  // namespace
}  // namespace pbn::data
