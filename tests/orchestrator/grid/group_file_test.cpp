// Groups of related parts from pose files, Newell's annotations and saved reports.
#include "orchestrator/grid/group_file.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "base/files.h"
#include "data/groups/groups_report.h"
#include "data/hdf5/hdf5.h"
#include "tests/data/small_pose_file.h"

namespace pbn::grid {
namespace {

using testing::HasSubstr;

class GroupFile : public testing::Test {
 protected:
  template <typename Action>
  static std::string data_error_of(Action action) {
    try {
      action();
    } catch (const Error& error) {
      EXPECT_EQ(error.blame, Blame::data) << error.what();
      return error.what();
    }
    return "no error";
  }

  static std::string parse_error_of(const std::string& text) {
    return data_error_of([&] { parse_group_file(text, "g.yaml", 2, config::mpii16()); });
  }

  // A file in Newell's format in which every person's box is (0, 0) to (200, 200).
  void write_newell_file(std::size_t people, std::size_t parts) {
    std::vector<double> places(people * parts * 2);
    Random random(5, 0, 0, Purpose::synthetic);
    for (double& place : places) place = random.uniform(1, 200);
    data::Hdf5Writer writer(newell);
    writer.write<double>("center", {people, 2}, std::vector<double>(people * 2, 100));
    writer.write<double>("scale", {people}, std::vector<double>(people, 1));
    writer.write<double>("part", {people, parts, 2}, places);
    writer.close();
  }

  TemporaryFolder folder;
  const std::filesystem::path poses = folder / "poses.h5", newell = folder / "valid.h5";
};

TEST_F(GroupFile, ASavedReportGivesTheSameGroupsAsThePoseFile) {
  data::write_small_pose_file(poses, 40);
  const data::RelatedParts related = data::find_related_parts({poses}, 4, {20, 1});
  const config::Groups groups = related.cut.minimum.groups;
  EXPECT_EQ(groups.size(), 4u);
  EXPECT_EQ(related_groups({poses}, 4, config::lsp14()), groups);
  for (const char* name : {"groups.json", "groups.yaml", "groups.yml", "groups"}) {
    write_group_file(folder / name, data::groups_report(related));
    EXPECT_EQ(related_groups({folder / name}, 4, config::lsp14()), groups) << name;
    EXPECT_THAT(data_error_of([&] { related_groups({folder / name}, 5, config::lsp14()); }),
                HasSubstr("holds 4 groups, not 5"));
  }
}

TEST_F(GroupFile, ThePeopleOfSeveralFilesAreTakenTogether) {
  data::PoseFileInfo info = data::small_info();
  const auto write = [&](const std::filesystem::path& file, std::uint32_t begin, std::uint32_t end) {
    data::PoseFileWriter writer(file, info, end - begin);
    for (std::uint32_t number = begin; number < end; ++number) {
      writer.add(data::random_person(info, number), data::random_crop(data::crop_side, number));
    }
    writer.finish();
  };
  write(folder / "a.h5", 0, 15);
  write(folder / "b.h5", 15, 40);
  write(poses, 0, 40);
  const data::RelatedParts together = data::find_related_parts({poses}, 4);
  const data::RelatedParts both = data::find_related_parts({folder / "a.h5", folder / "b.h5"}, 4);
  EXPECT_EQ(both.relatedness.nats, together.relatedness.nats);
  EXPECT_EQ(related_groups({folder / "a.h5", folder / "b.h5"}, 4, config::lsp14()), together.cut.minimum.groups);
  const Json from = data::groups_report(both)["from"];
  EXPECT_EQ(from["files"][1]["file"], (folder / "b.h5").string());
  EXPECT_EQ(from["people"], 40);
}

TEST_F(GroupFile, YamlIsReadable) {
  const config::Groups groups = config::resolve_groups("related-5+shoulders", config::mpii16());
  write_group_file(folder / "groups.yaml", data::groups_report("related-5+shoulders", groups, config::mpii16()));
  EXPECT_THAT(read_file(folder / "groups.yaml"), HasSubstr("\ngroups:\n  - [r-ankle, r-knee, l-knee, l-ankle]\n"));
  EXPECT_EQ(related_groups({folder / "groups.yaml"}, 5, config::mpii16()), groups) << "overlapping groups are kept";
}

TEST_F(GroupFile, PartsThatTheNetworkLacksAreLeftOut) {
  write_newell_file(30, 16);
  EXPECT_EQ(related_groups({newell}, 16, config::mpii16()), config::resolve_groups("each", config::mpii16()));
  EXPECT_EQ(related_groups({newell}, 16, config::lsp14()), config::resolve_groups("each", config::lsp14()));
}

TEST_F(GroupFile, PartsThatTheFileLacksAreReported) {
  data::write_small_pose_file(poses, 20);
  EXPECT_THAT(data_error_of([&] { related_groups({poses}, 3, config::mpii16()); }),
              HasSubstr("part \"pelvis\" is in no group"));
}

TEST_F(GroupFile, OtherFilesAreRefusedWithTheirPlace) {
  write_newell_file(2, 14);
  EXPECT_THAT(data_error_of([&] { related_groups({newell}, 3, config::mpii16()); }), HasSubstr("valid.h5: part"));
  EXPECT_THAT(parse_error_of("{\"a\": 1}"), HasSubstr("g.yaml: is not a group file"));
  EXPECT_THAT(parse_error_of("groups: [[neck]]\n"), HasSubstr("is not a group file"));
  EXPECT_THAT(parse_error_of("just words"), HasSubstr("is not a group file"));
  EXPECT_THAT(parse_error_of(""), HasSubstr("g.yaml"));
  EXPECT_THAT(parse_error_of("format: [\n"), HasSubstr("g.yaml:2:1: is not valid YAML"));
  EXPECT_THAT(parse_error_of("format: pbn-groups\ngroups: [neck, pelvis]\n"), HasSubstr("must be lists of part names"));
  EXPECT_THAT(parse_error_of("format: pbn-groups\ngroups: [[nek], [pelvis]]\n"), HasSubstr("did you mean \"neck\"?"));
  EXPECT_THAT(parse_error_of("format: pbn-groups\ngroups: [[neck, neck], [pelvis]]\n"),
              HasSubstr("twice in one group"));
  EXPECT_THAT(parse_error_of(std::string(5 << 20, '#')), HasSubstr("too large"));
}

// Ten levels of ten aliases each would expand to ten billion lists.
TEST_F(GroupFile, NestedAliasesAreNotExpanded) {
  std::string text = "format: pbn-groups\na0: &a0 [neck]\n";
  for (int level = 1; level <= 10; ++level) {
    text += fmt::format("a{}: &a{} [", level, level);
    for (int i = 0; i < 10; ++i) text += fmt::format("{}*a{}", i ? ", " : "", level - 1);
    text += "]\n";
  }
  EXPECT_THAT(parse_error_of(text + "groups: [*a10, *a10]\n"), HasSubstr("unknown part"));
}

}  // namespace
}  // namespace pbn::grid
