// The bounds on which the search for groups relies.
#include "data/groups/group_prices.h"

#include <gmock/gmock.h>

#include "data/groups/grouping.h"
#include "random_weights.h"

namespace pbn::data {
namespace {

constexpr int parts = 9;

TEST(GroupPrices, AGroupIsWorthTheShareOfItsWeightsThatItKeeps) {
  // 0-1 and 2-3 weigh 3 each, all four pairs across weigh 1.
  const std::vector<double> weights{0, 3, 1, 1, 3, 0, 1, 1, 1, 1, 0, 3, 1, 1, 3, 0};
  const std::vector<double> worth = worth_of_every_group(weights, 4);
  EXPECT_DOUBLE_EQ(worth[0b0011], 6.0 / 10);
  EXPECT_DOUBLE_EQ(worth[0b0101], 2.0 / 10);
  EXPECT_DOUBLE_EQ(worth[0b0001], 0);
  EXPECT_DOUBLE_EQ(worth[0b1111], 1);
}

TEST(GroupPrices, NoGroupIsWorthMoreThanItsPartsCostAndNoPartitionMoreThanIsPossible) {
  for (std::uint32_t number = 0; number < 5; ++number) {
    const auto weights = random_weights(parts, number);
    const auto worth = worth_of_every_group(weights, parts);
    for (int k = 2; k < parts; ++k) {
      const GroupPrices prices = price_parts(worth, parts, k);
      for (PartSet group = 1; group < worth.size(); ++group) {
        double cost = prices.fee;
        for (int part = 0; part < parts; ++part)
          cost += group >> part & 1 ? prices.of_part[static_cast<std::size_t>(part)] : 0;
        ASSERT_GE(cost - worth[group], -1e-12) << group;
        ASSERT_NEAR(slack_of_every_group(worth, prices)[group], cost - worth[group], 1e-12);
      }
      EXPECT_LE(k - minimum_normalised_cut(weights, parts, k).minimum.ncut, prices.best_possible + 1e-12);
    }
  }
}

TEST(GroupPrices, BestPossibleIsCloseToTheBestPartition) {
  const auto weights = random_weights(parts, 0);
  const GroupPrices prices = price_parts(worth_of_every_group(weights, parts), parts, 3);
  EXPECT_NEAR(prices.best_possible, 3 - minimum_normalised_cut(weights, parts, 3).minimum.ncut, 0.02);
}

}  // namespace
}  // namespace pbn::data
