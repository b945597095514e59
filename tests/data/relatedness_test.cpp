// Mutual information of parts in cases that can be computed by hand.
#include "data/groups/relatedness.h"

#include <gmock/gmock.h>

#include <cmath>

#include "base/error.h"

namespace pbn::data {
namespace {

using testing::HasSubstr;

const config::Skeleton three_parts{"three", {"hip", "knee", "ankle"}, {}, {}};

constexpr double left = -0.25, right = 0.25;  // two cells of a lattice of 2 x 2

BoxPose pose(double hip, double knee, double ankle) {
  return {{{hip, left}, {knee, left}, {ankle, left}}, {true, true, true}};
}

BoxPoses people(std::vector<BoxPose> poses) { return {&three_parts, {{"people.h5", ""}}, std::move(poses)}; }

Relatedness estimate_relatedness(const BoxPoses& poses, int cells) { return LatticePoses(poses, cells).relatedness(); }

TEST(Relatedness, PartsThatMoveTogetherShareTheirEntropyAndIndependentOnesNothing) {
  const auto related = estimate_relatedness(
      people({pose(left, left, left), pose(left, left, right), pose(right, right, left), pose(right, right, right)}),
      2);
  EXPECT_EQ(related.people, 4);
  const double hip_knee = related.nats[0 * 3 + 1], hip_ankle = related.nats[0 * 3 + 2];
  EXPECT_DOUBLE_EQ(hip_knee, std::log(2.0));
  EXPECT_DOUBLE_EQ(hip_ankle, 0);
  EXPECT_EQ(related.nats[1 * 3 + 0], hip_knee);
  EXPECT_EQ(related.nats[0], 0) << "the diagonal is zero";
  EXPECT_THAT(related.normalised(), testing::ElementsAre(0, 1, 0, 1, 0, 0, 0, 0, 0));
}

TEST(Relatedness, APairCountsThePeopleWhoHaveBoth) {
  BoxPose without_knee = pose(left, right, left);
  without_knee.labelled[1] = false;
  const auto related =
      estimate_relatedness(people({pose(left, left, left), pose(right, right, left), without_knee, without_knee}), 2);
  EXPECT_DOUBLE_EQ(related.nats[0 * 3 + 1], std::log(2.0));
  EXPECT_EQ(related.counted[0 * 3 + 1], 2);
  EXPECT_EQ(related.counted[0 * 3 + 2], 4);
}

TEST(Relatedness, AWeightOfTwoEqualsTwoEqualPeople) {
  const BoxPose same = pose(left, left, left), other = pose(right, right, left), third = pose(left, right, right);
  const LatticePoses three(people({same, other, third}), 2);
  const auto weighted = three.relatedness(std::vector<int>{2, 1, 0});
  const auto repeated = estimate_relatedness(people({same, same, other}), 2);
  EXPECT_EQ(weighted.people, 3);
  EXPECT_EQ(weighted.nats, repeated.nats);
  EXPECT_EQ(weighted.counted, repeated.counted);
}

TEST(Relatedness, PlacesOutsideTheBoxCountAsItsBorder) {
  const auto inside = estimate_relatedness(people({pose(left, left, left), pose(right, right, left)}), 2);
  const auto outside = estimate_relatedness(people({pose(-9, left, left), pose(9, right, left)}), 2);
  EXPECT_EQ(inside.nats, outside.nats);
}

TEST(Relatedness, EqualEntriesGiveWeightsOfOne) {
  const auto related = estimate_relatedness(people({pose(left, left, left)}), 2);
  EXPECT_THAT(related.normalised(), testing::ElementsAre(0, 1, 1, 1, 0, 1, 1, 1, 0));
}

TEST(Relatedness, APartOrAPairThatNobodyHasIsNamed) {
  BoxPose no_knee = pose(left, left, left), no_ankle = no_knee;
  no_knee.labelled[1] = false;
  no_ankle.labelled[2] = false;
  const auto mistake = [](std::vector<BoxPose> poses) -> std::string {
    try {
      estimate_relatedness(people(std::move(poses)), 2);
    } catch (const Error& error) {
      EXPECT_EQ(error.blame, Blame::data);
      EXPECT_EQ(error.where, "people.h5");
      return error.problem;
    }
    return "none";
  };
  EXPECT_THAT(mistake({no_knee}), HasSubstr("\"knee\""));
  EXPECT_THAT(mistake({no_knee, no_ankle}), HasSubstr("both \"knee\" and \"ankle\""));
}

}  // namespace
}  // namespace pbn::data
