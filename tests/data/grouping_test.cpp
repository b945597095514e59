// The search compared with the enumeration of all partitions.
#include "data/groups/grouping.h"

#include <gmock/gmock.h>

#include <functional>

#include "base/error.h"
#include "random_weights.h"

namespace pbn::data {
namespace {

using testing::ElementsAre;

// Calls `visit` with every partition of the parts into k groups, once.
void every_partition(int parts, int k, const std::function<void(const config::Groups&)>& visit) {
  config::Groups groups;
  const std::function<void(int)> place = [&](int part) {
    if (part == parts) {
      if (groups.size() == static_cast<std::size_t>(k)) visit(groups);
      return;
    }
    for (std::size_t i = 0; i < groups.size(); ++i) {
      groups[i].push_back(part);
      place(part + 1);
      groups[i].pop_back();
    }
    groups.push_back({part});
    place(part + 1);
    groups.pop_back();
  };
  place(0);
}

struct Best {
  Partition first{{}, 1e9}, second{{}, 1e9};
};

Best best_of_all_partitions(std::span<const double> weights, int parts, int k) {
  Best best;
  every_partition(parts, k, [&](const config::Groups& groups) {
    const Partition candidate{groups, normalised_cut(weights, parts, groups)};
    if (candidate.ncut < best.first.ncut) {
      best.second = best.first;
      best.first = candidate;
    } else if (candidate.ncut < best.second.ncut) {
      best.second = candidate;
    }
  });
  return best;
}

TEST(Grouping, TheMinimumAndTheRunnerUpAreThoseOfAllPartitions) {
  for (std::uint32_t number = 0; number < 5; ++number) {
    const int parts = 8;
    const auto weights = random_weights(parts, number);
    for (int k = 2; k < parts; ++k) {
      const MinimumCut found = minimum_normalised_cut(weights, parts, k);
      const Best expected = best_of_all_partitions(weights, parts, k);
      EXPECT_EQ(found.minimum.groups, expected.first.groups) << number << ", k = " << k;
      EXPECT_DOUBLE_EQ(found.minimum.ncut, expected.first.ncut);
      ASSERT_TRUE(found.runner_up);
      EXPECT_EQ(found.runner_up->groups, expected.second.groups) << number << ", k = " << k;
      EXPECT_DOUBLE_EQ(found.runner_up->ncut, expected.second.ncut);
    }
  }
}

// Weights are 0 or 1, so many partitions have equal costs and some parts have no weights.
TEST(Grouping, MinimumAndRunnerUpAreFoundAmongManyEqualCosts) {
  for (std::uint32_t number = 0; number < 20; ++number) {
    const int parts = 7;
    auto weights = random_weights(parts, number);
    for (double& weight : weights) weight = weight > 0.6 ? 1 : 0;
    for (int k = 2; k < parts; ++k) {
      const MinimumCut found = minimum_normalised_cut(weights, parts, k);
      const Best expected = best_of_all_partitions(weights, parts, k);
      EXPECT_NEAR(found.minimum.ncut, expected.first.ncut, 1e-12) << number << ", k = " << k;
      ASSERT_TRUE(found.runner_up);
      EXPECT_NEAR(found.runner_up->ncut, expected.second.ncut, 1e-12) << number << ", k = " << k;
      EXPECT_NE(found.runner_up->groups, found.minimum.groups);
    }
  }
}

TEST(Grouping, SixteenEqualPartsAreGroupedInGoodTime) {
  std::vector<double> weights(16 * 16, 1);
  for (std::size_t part = 0; part < 16; ++part) weights[part * 16 + part] = 0;
  for (const int k : {3, 8, 15}) {
    const MinimumCut found = minimum_normalised_cut(weights, 16, k);
    EXPECT_NEAR(found.minimum.ncut, k - (16 - k) / 15.0, 1e-12) << "every partition keeps as much";
    EXPECT_NEAR(found.runner_up->ncut, found.minimum.ncut, 1e-12);
  }
}

TEST(Grouping, TheCutOfTwoPairsIsTheWeightThatLeavesThemOverAllAtTheirParts) {
  // 0-1 and 2-3 weigh 3 each, all four pairs across weigh 1.
  const std::vector<double> weights{0, 3, 1, 1, 3, 0, 1, 1, 1, 1, 0, 3, 1, 1, 3, 0};
  EXPECT_DOUBLE_EQ(normalised_cut(weights, 4, {{0, 1}, {2, 3}}), 2 * 4.0 / 10);
  EXPECT_THAT(minimum_normalised_cut(weights, 4, 2).minimum.groups, ElementsAre(ElementsAre(0, 1), ElementsAre(2, 3)));
}

TEST(Grouping, OneGroupAndOneGroupPerPartHaveNoRunnerUp) {
  const auto weights = random_weights(6, 0);
  const MinimumCut all = minimum_normalised_cut(weights, 6, 1);
  EXPECT_THAT(all.minimum.groups, ElementsAre(ElementsAre(0, 1, 2, 3, 4, 5)));
  EXPECT_EQ(all.minimum.ncut, 0);
  EXPECT_FALSE(all.runner_up);
  const MinimumCut each = minimum_normalised_cut(weights, 6, 6);
  EXPECT_DOUBLE_EQ(each.minimum.ncut, 6);
  EXPECT_FALSE(each.runner_up);
}

TEST(Grouping, EqualCostsShowAsARunnerUpOfTheSameCost) {
  const std::vector<double> alike{0, 1, 1, 1, 0, 1, 1, 1, 0};
  const MinimumCut found = minimum_normalised_cut(alike, 3, 2);
  ASSERT_TRUE(found.runner_up);
  EXPECT_NE(found.runner_up->groups, found.minimum.groups);
  EXPECT_DOUBLE_EQ(found.runner_up->ncut, found.minimum.ncut);
}

TEST(Grouping, APartWithoutWeightIsAGroupThatCostsOne) {
  const std::vector<double> weights{0, 2, 0, 2, 0, 0, 0, 0, 0};
  const MinimumCut found = minimum_normalised_cut(weights, 3, 2);
  EXPECT_THAT(found.minimum.groups, ElementsAre(ElementsAre(0, 1), ElementsAre(2)));
  EXPECT_DOUBLE_EQ(found.minimum.ncut, 1);
}

TEST(Grouping, MoreGroupsThanPartsOrNoneAreUsageErrors) {
  const auto weights = random_weights(6, 0);
  for (const int k : {7, 0, -1}) {
    try {
      minimum_normalised_cut(weights, 6, k);
      FAIL() << k << " groups were made of 6 parts";
    } catch (const Error& error) {
      EXPECT_EQ(error.blame, Blame::usage);
      EXPECT_EQ(error.hint, "choose 1 to 6");
    }
  }
}

}  // namespace
}  // namespace pbn::data
