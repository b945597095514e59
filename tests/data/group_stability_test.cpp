// The bootstrap of groups over people.
#include "data/groups/group_stability.h"

#include <gmock/gmock.h>

#include "base/random.h"

namespace pbn::data {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const config::Skeleton four_parts{"four", {"hip", "knee", "elbow", "wrist"}, {}, {}};

// Hip and knee are always on the same side, and so are elbow and wrist.
BoxPoses two_pairs(int people) {
  BoxPoses poses{&four_parts, {{"people.h5", ""}}, {}};
  for (int person = 0; person < people; ++person) {
    Random random(3, 0, static_cast<std::uint32_t>(person), Purpose::synthetic);
    const double leg = random.below(2) ? 0.25 : -0.25, arm = random.below(2) ? 0.25 : -0.25;
    poses.people.push_back({{{leg, 0}, {leg, 0}, {arm, 0}, {arm, 0}}, {true, true, true, true}});
  }
  return poses;
}

// All parts are independent, so groups are random.
BoxPoses unrelated_parts(int people) {
  BoxPoses poses{&four_parts, {{"people.h5", ""}}, {}};
  for (int person = 0; person < people; ++person) {
    Random random(4, 0, static_cast<std::uint32_t>(person), Purpose::synthetic);
    BoxPose pose{{}, {true, true, true, true}};
    for (int part = 0; part < 4; ++part) pose.joints.push_back({random.below(2) ? 0.25 : -0.25, 0});
    poses.people.push_back(std::move(pose));
  }
  return poses;
}

config::Groups groups_of(const LatticePoses& poses, int k) {
  return minimum_normalised_cut(poses.relatedness().normalised(), 4, k).minimum.groups;
}

TEST(GroupStability, PartsThatMoveTogetherAreTogetherInEveryResample) {
  const LatticePoses poses(two_pairs(60), 2);
  const config::Groups groups = groups_of(poses, 2);
  EXPECT_THAT(groups, ElementsAre(ElementsAre(0, 1), ElementsAre(2, 3)));
  const GroupStability stability = bootstrap_groups(poses, groups, 50, 1);
  EXPECT_EQ(stability.same_share, 1);
  EXPECT_EQ(stability.distinct, 1u);
  EXPECT_EQ(stability.together[0 * 4 + 1], 1);
  EXPECT_EQ(stability.together[0 * 4 + 2], 0);
  EXPECT_THAT(uncertain_parts(stability, groups, 4), IsEmpty());
}

TEST(GroupStability, GroupsOfUnrelatedPartsAreUncertain) {
  const LatticePoses poses(unrelated_parts(60), 2);
  const config::Groups groups = groups_of(poses, 2);
  const GroupStability stability = bootstrap_groups(poses, groups, 50, 1);
  EXPECT_LT(stability.same_share, 0.9);
  EXPECT_GT(stability.distinct, 1u);
  EXPECT_LE(stability.found.size(), GroupStability::most_shown);
  EXPECT_GE(stability.found[0].share, stability.found[1].share);
  const auto uncertain = uncertain_parts(stability, groups, 4);
  ASSERT_FALSE(uncertain.empty());
  EXPECT_GT(uncertain[0].shares[0], tolerated_share);
}

TEST(GroupStability, TheSameSeedDrawsTheSameResamples) {
  const LatticePoses poses(unrelated_parts(60), 2);
  const config::Groups groups = groups_of(poses, 2);
  EXPECT_EQ(bootstrap_groups(poses, groups, 20, 1).together, bootstrap_groups(poses, groups, 20, 1).together);
  EXPECT_NE(bootstrap_groups(poses, groups, 20, 1).together, bootstrap_groups(poses, groups, 20, 2).together);
}

}  // namespace
}  // namespace pbn::data
