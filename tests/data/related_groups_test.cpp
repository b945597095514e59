// Groups from files: pose files, Newell's annotations, saved reports.
#include "data/related_groups.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "base/files.h"
#include "data/hdf5.h"
#include "tests/data/small_pose_file.h"

namespace pbn {
namespace {

using testing::HasSubstr;

class RelatedGroups : public testing::Test {
 protected:
  template <typename Action>
  static std::string data_mistake(Action action) {
    try {
      action();
    } catch (const Error& error) {
      EXPECT_EQ(error.blame, Blame::data);
      return error.what();
    }
    return "no mistake";
  }

  // As Newell's files, with every person's box from (0, 0) to (200, 200).
  void write_newell_file(std::size_t people, std::size_t parts) {
    std::vector<double> places(people * parts * 2);
    Random random(5, 0, 0, Purpose::synthetic);
    for (double& place : places) place = random.uniform(1, 200);
    Hdf5Writer writer(newell);
    writer.write<double>("center", {people, 2}, std::vector<double>(people * 2, 100));
    writer.write<double>("scale", {people}, std::vector<double>(people, 1));
    writer.write<double>("part", {people, parts, 2}, places);
    writer.close();
  }

  TestFolder folder;
  const std::filesystem::path poses = folder / "poses.h5", newell = folder / "valid.h5", report = folder / "g.json";
};

TEST_F(RelatedGroups, AJointInTheMiddleOfACropIsInTheMiddleOfTheBox) {
  write_small_pose_file(poses, 3);
  const PoseFile file(poses);
  const BoxPoses people = read_box_poses(poses);
  EXPECT_EQ(people.skeleton->name, "lsp14");
  EXPECT_EQ(people.fingerprint, file.info().fingerprint);
  EXPECT_DOUBLE_EQ(people.people[2].joints[4][0], (file.people()[2].joints[4][0] - 48.0) / 64);
}

TEST_F(RelatedGroups, ANewellPartAtTheOriginIsNotLabelled) {
  NewellAnnotations annotations;
  write_newell_file(1, 16);
  annotations = read_newell_annotations(newell);
  annotations.part[0][3] = {0, 0};
  annotations.part[0][4] = {150, 100};
  const BoxPoses people = box_poses(annotations);
  EXPECT_FALSE(people.people[0].labelled[3]);
  EXPECT_TRUE(people.people[0].labelled[4]);
  EXPECT_DOUBLE_EQ(people.people[0].joints[4][0], 0.25);
}

TEST_F(RelatedGroups, ASavedReportStandsForTheFileItCameFrom) {
  write_small_pose_file(poses, 40);
  const RelatedParts related = find_related_parts(poses, 4);
  EXPECT_EQ(related.cut.minimum.groups.size(), 4u);
  write_json(report, groups_report(related));
  EXPECT_EQ(related_groups(report, 4, lsp14()), related.cut.minimum.groups);
  EXPECT_EQ(related_groups(poses, 4, lsp14()), related.cut.minimum.groups);
  EXPECT_THAT(data_mistake([&] { related_groups(report, 5, lsp14()); }), HasSubstr("holds 4 groups, not 5"));
}

TEST_F(RelatedGroups, PartsThatTheNetworkLacksDropOut) {
  write_newell_file(30, 16);
  const Groups of_sixteen = related_groups(newell, 16, mpii16());
  EXPECT_EQ(of_sixteen.size(), 16u);
  EXPECT_EQ(related_groups(newell, 16, lsp14()), resolve_groups("each", lsp14()));
}

TEST_F(RelatedGroups, PartsThatTheFileLacksAreNamed) {
  write_small_pose_file(poses, 20);
  EXPECT_THAT(data_mistake([&] { related_groups(poses, 3, mpii16()); }), HasSubstr("\"pelvis\""));
}

TEST_F(RelatedGroups, AFileThatIsNeitherIsRefused) {
  write_newell_file(2, 14);
  EXPECT_THAT(data_mistake([&] { related_groups(newell, 3, mpii16()); }),
              HasSubstr("valid.h5: part: has shape (2, 14, 2); expected (2, 16, 2)"));
  Hdf5Writer(folder / "other.h5").close();
  EXPECT_THAT(data_mistake([&] { related_groups(folder / "other.h5", 3, mpii16()); }), HasSubstr("neither"));
  write_atomically(report, "{\"a\": 1}");
  EXPECT_THAT(data_mistake([&] { related_groups(report, 3, mpii16()); }), HasSubstr("not a report of groups"));
}

}  // namespace
}  // namespace pbn
