#include "config/part_groups.h"

#include <gmock/gmock.h>

#include "tests/data/error_of.h"

namespace pbn::config {
namespace {

std::string refusal_of(const Json& groups, const Skeleton& skeleton) {
  const Error error = data::error_of([&] { resolve_groups(groups, skeleton); });
  EXPECT_EQ(error.blame, Blame::usage);
  return error.what();
}

TEST(PartGroups, NamedGroupsContainEveryPartOfMpiiOnce) {
  for (const auto& name : known_group_names()) {
    std::vector<int> parts;
    for (const auto& group : resolve_groups(name, mpii16())) parts.insert(parts.end(), group.begin(), group.end());
    std::sort(parts.begin(), parts.end());
    ASSERT_EQ(parts.size(), 16u) << name;
    for (int part = 0; part < 16; ++part) EXPECT_EQ(parts[part], part) << name;
  }
}

TEST(PartGroups, NumbersOfGroupsAreThePapers) {
  EXPECT_EQ(resolve_groups("related-2", mpii16()).size(), 2u);
  EXPECT_EQ(resolve_groups("related-5", mpii16()).size(), 5u);
  EXPECT_EQ(resolve_groups("related-8", mpii16()).size(), 8u);
  EXPECT_EQ(resolve_groups("related-16", mpii16()), resolve_groups("each", mpii16()));
  EXPECT_EQ(resolve_groups("body-6", mpii16()).size(), 6u);
  EXPECT_EQ(resolve_groups("all", mpii16()).size(), 1u);
}

TEST(PartGroups, PelvisAndThoraxAreRemovedOnLsp) {
  const Json five = to_json(resolve_groups("related-5", lsp14()), lsp14());
  EXPECT_EQ(five, Json::parse(R"([["r-ankle","r-knee","l-knee","l-ankle"],["r-hip","l-hip"],["r-wrist","r-elbow"],
                                  ["r-shoulder","l-shoulder","neck","head-top"],["l-elbow","l-wrist"]])"));
}

TEST(PartGroups, AnExplicitListMayOverlapAndItsOrderDoesNotMatter) {
  Json lists = to_json(resolve_groups("related-5", mpii16()), mpii16());
  lists.back().push_back("l-shoulder");
  const Groups groups = resolve_groups(lists, mpii16());
  std::reverse(lists.begin(), lists.end());
  EXPECT_EQ(resolve_groups(lists, mpii16()), groups);
}

TEST(PartGroups, ShouldersAreAddedToTheirArmsAsInFigure5f) {
  EXPECT_EQ(to_json(resolve_groups("related-5+shoulders", mpii16()), mpii16()),
            Json::parse(R"([["r-ankle","r-knee","l-knee","l-ankle"],["r-hip","l-hip","pelvis"],
                            ["thorax","neck","head-top","r-shoulder","l-shoulder"],
                            ["r-wrist","r-elbow","r-shoulder"],["l-shoulder","l-elbow","l-wrist"]])"));
  EXPECT_EQ(
      to_json(resolve_groups("related-5+shoulders", lsp14()), lsp14()),
      Json::parse(R"([["r-ankle","r-knee","l-knee","l-ankle"],["r-hip","l-hip"],["r-wrist","r-elbow","r-shoulder"],
                            ["r-shoulder","l-shoulder","neck","head-top"],["l-shoulder","l-elbow","l-wrist"]])"));
  EXPECT_EQ(resolve_groups("related-8+shoulders", mpii16()).size(), 8u);
}

TEST(PartGroups, ShouldersNeedAnArmsGroupThatLacksThem) {
  const auto complaint = [](const char* name) { return refusal_of(name, mpii16()); };
  EXPECT_THAT(complaint("each+shoulders"), testing::HasSubstr("\"each\" has no group of r-elbow and r-wrist"));
  EXPECT_THAT(complaint("all+shoulders"),
              testing::HasSubstr("r-shoulder is already in the group of r-elbow and r-wrist"));
  EXPECT_THAT(complaint("body-6+shoulders"), testing::HasSubstr("already"));
  EXPECT_THAT(complaint("related-5+hips"), testing::HasSubstr("\"+hips\" cannot be added"));
  EXPECT_THAT(complaint("related5+shoulders"), testing::HasSubstr("did you mean \"related-5\"?"));
}

TEST(PartGroups, MistakesAreExplained) {
  const auto complaint = [](const Json& groups) { return refusal_of(groups, lsp14()); };
  EXPECT_THAT(complaint("related-6"), testing::HasSubstr("did you mean \"related-16\"?"));
  EXPECT_THAT(complaint(Json::parse(R"([["r-ankel"]])")), testing::HasSubstr("did you mean \"r-ankle\"?"));
  EXPECT_THAT(complaint(Json::parse(R"([["r-ankle", "r-ankle"]])")), testing::HasSubstr("twice"));
  EXPECT_THAT(complaint(Json::parse(R"([["r-ankle"]])")), testing::HasSubstr("part \"r-knee\" is in no group"));
}

}  // namespace
}  // namespace pbn::config
