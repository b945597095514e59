#include "data/groups/local_grouping.h"

#include <gmock/gmock.h>

#include "base/random.h"
#include "random_weights.h"

namespace pbn::data {
namespace {

TEST(LocalGrouping, FindsTheExactMinimumOfSmallProblems) {
  for (std::uint32_t number = 0; number < 8; ++number) {
    const auto weights = random_weights(12, number);
    for (const int k : {2, 4, 7}) {
      const MinimumCut exact = minimum_normalised_cut(weights, 12, k), found = local_normalised_cut(weights, 12, k);
      EXPECT_TRUE(exact.is_proven);
      EXPECT_FALSE(found.is_proven);
      EXPECT_NEAR(found.minimum.ncut, exact.minimum.ncut, 1e-12) << number << ", k = " << k;
      EXPECT_LE(found.lower_bound, exact.minimum.ncut);
      ASSERT_TRUE(found.runner_up);
      EXPECT_GE(found.runner_up->ncut, exact.runner_up->ncut - 1e-12);
    }
  }
}

// Parts p and q weigh 1 if p and q leave the same remainder, and little otherwise.
TEST(LocalGrouping, FindsPlantedGroupsOfManyParts) {
  constexpr int parts = 60, k = 6;
  Random random(3, 0, 0, Purpose::grouping);
  std::vector<double> weights(parts * parts);
  for (int a = 0; a < parts; ++a) {
    for (int b = a + 1; b < parts; ++b) {
      const double weight = random.uniform(0, 0.3) + (a % k == b % k ? 0.7 : 0);
      weights[static_cast<std::size_t>(a * parts + b)] = weights[static_cast<std::size_t>(b * parts + a)] = weight;
    }
  }
  const MinimumCut found = minimum_normalised_cut(weights, parts, k);
  EXPECT_FALSE(found.is_proven);
  ASSERT_EQ(found.minimum.groups.size(), 6U);
  for (int group = 0; group < k; ++group) {
    for (const int part : found.minimum.groups[static_cast<std::size_t>(group)]) EXPECT_EQ(part % k, group);
  }
  EXPECT_LT(found.lower_bound, found.minimum.ncut);
  EXPECT_GT(found.lower_bound, 0.8 * found.minimum.ncut) << "a bound that says something";
  EXPECT_EQ(minimum_normalised_cut(weights, parts, k).runner_up->groups, found.runner_up->groups);
}

TEST(LocalGrouping, OneGroupAndOneForEachPartAreAllThereIs) {
  const auto weights = random_weights(20, 1);
  EXPECT_NEAR(minimum_normalised_cut(weights, 20, 1).minimum.ncut, 0, 1e-12);
  EXPECT_NEAR(minimum_normalised_cut(weights, 20, 20).minimum.ncut, 20, 1e-12);
  EXPECT_FALSE(minimum_normalised_cut(weights, 20, 1).runner_up);
}

TEST(LocalGrouping, PartsWithoutWeightsAreGroupedToo) {
  auto weights = random_weights(20, 2);
  for (std::size_t other = 0; other < 20; ++other) weights[5 * 20 + other] = weights[other * 20 + 5] = 0;
  const MinimumCut found = minimum_normalised_cut(weights, 20, 4);
  EXPECT_EQ(found.minimum.groups.size(), 4U);
  EXPECT_LE(found.lower_bound, found.minimum.ncut);
}

TEST(SymmetricEigensystem, ReproducesTheMatrix) {
  constexpr int n = 9;
  const auto matrix = random_weights(n, 5);
  const Eigensystem system = symmetric_eigensystem(matrix, n);
  for (int a = 0; a < n; ++a) {
    for (int b = 0; b < n; ++b) {
      double sum = 0;
      for (int i = 0; i < n; ++i) {
        sum += system.values[static_cast<std::size_t>(i)] * system.vectors[static_cast<std::size_t>(i * n + a)] *
               system.vectors[static_cast<std::size_t>(i * n + b)];
      }
      EXPECT_NEAR(sum, matrix[static_cast<std::size_t>(a * n + b)], 1e-12);
    }
  }
  EXPECT_TRUE(std::is_sorted(system.values.rbegin(), system.values.rend()));
}

}  // namespace
}  // namespace pbn::data
