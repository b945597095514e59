// The paper's groups, found again in MPII's validation poses.
#include <gmock/gmock.h>

#include "data/related_groups.h"

namespace pbn {
namespace {

class MpiiGroups : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(valid)) GTEST_SKIP() << "needs real data at " << valid;
  }

  // As the report's lists of names, in canonical order.
  static Json groups_of(const char* lists) { return to_json(resolve_groups(Json::parse(lists), mpii16()), mpii16()); }

  const std::filesystem::path valid = std::filesystem::path(PBN_SHARED_DATA) / "mpii/valid.h5";
};

TEST_F(MpiiGroups, FiveGroupsAreThePapersFigure2b) {
  const Json report = groups_report(find_related_parts(valid, 5));
  EXPECT_EQ(report["groups"], groups_of(R"([["r-ankle", "r-knee", "l-knee", "l-ankle"], ["r-hip", "l-hip", "pelvis"],
      ["thorax", "neck", "head-top", "r-shoulder", "l-shoulder"], ["r-wrist", "r-elbow"], ["l-elbow", "l-wrist"]])"));
  EXPECT_NEAR(report["ncut"].get<double>(), 3.20562, 5e-6);
  EXPECT_NEAR(report["runner_up"]["ncut"].get<double>(), 3.2269, 5e-5);
  EXPECT_EQ(report["from"]["people"], 2958);
}

TEST_F(MpiiGroups, FiveGroupsAreThoseShippedAsRelated5) {
  EXPECT_EQ(related_groups(valid, 5, mpii16()), resolve_groups("related-5", mpii16()));
  EXPECT_EQ(related_groups(valid, 5, lsp14()), resolve_groups("related-5", lsp14()));
}

TEST_F(MpiiGroups, TwoGroupsDetachHeadAndShoulders) {
  const RelatedParts related = find_related_parts(valid, 2);
  EXPECT_EQ(to_json(related.cut.minimum.groups, mpii16()),
            groups_of(R"([["thorax", "neck", "head-top", "r-shoulder", "l-shoulder"],
                          ["r-ankle", "r-knee", "r-hip", "l-hip", "l-knee", "l-ankle", "pelvis", "r-wrist", "r-elbow",
                           "l-elbow", "l-wrist"]])"));
  EXPECT_NEAR(related.cut.minimum.ncut, 0.61768, 5e-6);
}

TEST_F(MpiiGroups, SixGroupsDetachNeckAndHead) {
  const RelatedParts related = find_related_parts(valid, 6);
  EXPECT_NEAR(related.cut.minimum.ncut, 4.27914, 5e-6);
  EXPECT_THAT(to_json(related.cut.minimum.groups, mpii16()), testing::Contains(Json{"neck", "head-top"}));
}

TEST_F(MpiiGroups, EightGroupsAreThePapers) {
  const RelatedParts related = find_related_parts(valid, 8);
  EXPECT_EQ(to_json(related.cut.minimum.groups, mpii16()),
            groups_of(R"([["r-ankle", "r-knee"], ["r-hip", "l-hip", "pelvis"], ["l-knee", "l-ankle"],
                          ["thorax", "l-shoulder"], ["neck", "head-top"], ["r-wrist", "r-elbow"], ["r-shoulder"],
                          ["l-elbow", "l-wrist"]])"));
}

TEST_F(MpiiGroups, SixteenGroupsAreOnePartEach) {
  EXPECT_EQ(related_groups(valid, 16, mpii16()), resolve_groups("each", mpii16()));
}

TEST_F(MpiiGroups, TheTextShowsGroupsCostAndRunnerUp) {
  const std::string text = groups_text(find_related_parts(valid, 5));
  EXPECT_THAT(text, testing::HasSubstr("2958 people"));
  EXPECT_THAT(text, testing::HasSubstr("Ncut 3.20562"));
  EXPECT_THAT(text, testing::HasSubstr("  r-ankle r-knee l-knee l-ankle\n"));
  EXPECT_THAT(text, testing::HasSubstr("Runner-up, Ncut 3.22"));
}

}  // namespace
}  // namespace pbn
