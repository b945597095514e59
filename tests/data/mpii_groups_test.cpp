// The groups of the paper, reproduced from MPII's validation poses.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "data/groups/groups_report.h"
#include "data/sources/newell.h"
#include "tests/places.h"

namespace pbn::data {
namespace {

class MpiiGroups : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(valid)) GTEST_SKIP() << "needs real data at " << valid;
  }

  // Lists of names in canonical order, as in the report.
  static Json groups_of(const char* lists) {
    return config::to_json(config::resolve_groups(Json::parse(lists), config::mpii16()), config::mpii16());
  }

  const std::filesystem::path valid = shared_data() / "mpii/valid.h5";
};

TEST_F(MpiiGroups, FiveGroupsAreThePapersFigure2b) {
  const Json report = groups_report(find_related_parts({valid}, 5));
  EXPECT_EQ(report["groups"], groups_of(R"([["r-ankle", "r-knee", "l-knee", "l-ankle"], ["r-hip", "l-hip", "pelvis"],
      ["thorax", "neck", "head-top", "r-shoulder", "l-shoulder"], ["r-wrist", "r-elbow"], ["l-elbow", "l-wrist"]])"));
  EXPECT_NEAR(report["ncut"].get<double>(), 3.20562, 5e-6);
  EXPECT_NEAR(report["runner_up"]["ncut"].get<double>(), 3.2269, 5e-5);
  EXPECT_EQ(report["from"]["people"], 2958);
}

TEST_F(MpiiGroups, TwoFiveAndEightGroupsAreThoseShipped) {
  for (const int k : {2, 5, 8, 16}) {
    EXPECT_EQ(find_related_parts({valid}, k).cut.minimum.groups,
              config::resolve_groups(fmt::format("related-{}", k), config::mpii16()));
  }
}

TEST_F(MpiiGroups, TwoGroupsDetachHeadAndShouldersBySmallMargin) {
  const RelatedParts related = find_related_parts({valid}, 2, {100, 1});
  EXPECT_EQ(config::to_json(related.cut.minimum.groups, config::mpii16()),
            groups_of(R"([["thorax", "neck", "head-top", "r-shoulder", "l-shoulder"],
                          ["r-ankle", "r-knee", "r-hip", "l-hip", "l-knee", "l-ankle", "pelvis", "r-wrist", "r-elbow",
                           "l-elbow", "l-wrist"]])"));
  EXPECT_NEAR(related.cut.minimum.ncut, 0.61768, 5e-6);
  EXPECT_LT(related.stability->same_share, 0.75);
  EXPECT_THAT(groups_text(related), testing::HasSubstr("WARNING: the groups depend on which people were annotated"));
}

TEST_F(MpiiGroups, FiveGroupsAreStableUnderResampling) {
  const RelatedParts related = find_related_parts({valid}, 5, {100, 1});
  EXPECT_GT(related.stability->same_share, 0.95);
  EXPECT_THAT(groups_text(related), testing::Not(testing::HasSubstr("WARNING")));
  EXPECT_THAT(groups_report(related)["stability"]["uncertain"], testing::IsEmpty());
}

TEST_F(MpiiGroups, SixGroupsDetachNeckAndHead) {
  const RelatedParts related = find_related_parts({valid}, 6);
  EXPECT_NEAR(related.cut.minimum.ncut, 4.27914, 5e-6);
  EXPECT_THAT(config::to_json(related.cut.minimum.groups, config::mpii16()),
              testing::Contains(Json{"neck", "head-top"}));
}

// Probably the method of the paper: missing joints count as being at (0, 0).
TEST_F(MpiiGroups, CutsAreCheaperIfMissingJointsAreKept) {
  BoxPoses poses = box_poses(read_newell_annotations(valid));
  for (BoxPose& person : poses.people) person.labelled.assign(16, true);
  const Relatedness related = LatticePoses(poses).relatedness();
  EXPECT_NEAR(minimum_normalised_cut(related.normalised(), 16, 5).minimum.ncut, 3.18975, 5e-6);
  EXPECT_NEAR(minimum_normalised_cut(related.normalised(), 16, 6).minimum.ncut, 4.2607, 5e-5);
}

TEST_F(MpiiGroups, EightGroupsHaveNearTiesWhichAreNamed) {
  const RelatedParts related = find_related_parts({valid}, 8, {100, 1});
  EXPECT_EQ(config::to_json(related.cut.minimum.groups, config::mpii16()),
            groups_of(R"([["r-ankle", "r-knee"], ["r-hip", "l-hip", "pelvis"], ["l-knee", "l-ankle"],
                          ["thorax", "l-shoulder"], ["neck", "head-top"], ["r-wrist", "r-elbow"], ["r-shoulder"],
                          ["l-elbow", "l-wrist"]])"));
  EXPECT_NEAR(related.cut.minimum.ncut, 6.46812, 5e-6);
  EXPECT_NEAR(related.cut.runner_up->ncut, 6.46897, 5e-6);
  EXPECT_LT(related.stability->same_share, 0.75);
  std::vector<int> uncertain;
  for (const auto& part : uncertain_parts(*related.stability, related.cut.minimum.groups, 16)) {
    uncertain.push_back(part.part);
  }
  EXPECT_THAT(uncertain,
              testing::IsSupersetOf({config::mpii16().index_of("thorax"), config::mpii16().index_of("l-shoulder")}));
}

TEST_F(MpiiGroups, TheTextShowsGroupsCostAndRunnerUp) {
  const std::string text = groups_text(find_related_parts({valid}, 5));
  EXPECT_THAT(text, testing::HasSubstr("2958 people"));
  EXPECT_THAT(text, testing::HasSubstr("Ncut 3.20562"));
  EXPECT_THAT(text, testing::HasSubstr("  r-ankle r-knee l-knee l-ankle\n"));
  EXPECT_THAT(text, testing::HasSubstr("Runner-up, Ncut 3.22"));
}

}  // namespace
}  // namespace pbn::data
