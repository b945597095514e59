#include "evaluation/seed_rule.h"

#include <gmock/gmock.h>

namespace pbn::evaluation {
namespace {

using ::testing::ElementsAre;
using Differences = std::vector<std::optional<double>>;

Differences around(double centre, std::size_t seeds) {
  Differences differences;
  for (std::size_t i = 0; i < seeds; ++i) differences.emplace_back(centre + (i % 2 ? 0.4 : -0.4) + 0.01 * (i % 5));
  return differences;
}

TEST(SeedRule, BeginsWithTheLeastSeeds) {
  const RoundsSoFar begun = rounds_so_far({5, 40}, 2, std::vector<ComparisonInRounds>{{0, {}, {}}, {1, {}, {}}});
  EXPECT_THAT(begun.seeds, ElementsAre(5, 5));
  EXPECT_EQ(begun.rounds, 1);
  EXPECT_FALSE(begun.is_over);
}

TEST(SeedRule, GivesNewSeedsToUndecidedCellsAlone) {
  const std::vector<ComparisonInRounds> comparisons{{0, around(5, 8), {}}, {1, around(0, 8), {}}};
  const RoundsSoFar begun = rounds_so_far({8, 40}, 2, comparisons);
  EXPECT_THAT(begun.seeds, ElementsAre(8, 10));
  EXPECT_EQ(begun.rounds, 2);
  EXPECT_FALSE(begun.is_over);
}

TEST(SeedRule, DoesNotLookIntoARoundThatIsNotComplete) {
  Differences failed = around(5, 8);
  failed[3] = std::nullopt;  // its run is repeated, and the later seeds do not decide without it
  const std::vector<ComparisonInRounds> comparisons{{0, failed, {}}, {1, around(0, 8), {}}};
  EXPECT_THAT(rounds_so_far({8, 40}, 2, comparisons).seeds, ElementsAre(8, 8));
  EXPECT_EQ(without_gaps(failed).size(), 3u);
}

TEST(SeedRule, EndsWhenAllIsDecidedOrAtTheMost) {
  const std::vector<ComparisonInRounds> decided{{0, around(5, 40), {}}, {1, around(0, 40), 2.0}};
  const RoundsSoFar early = rounds_so_far({8, 40}, 2, decided);
  EXPECT_TRUE(early.is_over);
  EXPECT_LT(early.seeds[0], 40);
  const std::vector<ComparisonInRounds> undecided{{0, around(0, 40), {}}};
  const RoundsSoFar late = rounds_so_far({8, 40}, 1, undecided);
  EXPECT_TRUE(late.is_over);
  EXPECT_THAT(late.seeds, ElementsAre(40));
}

TEST(SeedRule, NeedsAllFiguresOfACellDecided) {
  const std::vector<ComparisonInRounds> comparisons{{0, around(5, 8), {}}, {0, around(0, 8), {}}};
  EXPECT_THAT(rounds_so_far({8, 40}, 1, comparisons).seeds, ElementsAre(10));
}

TEST(SeedRule, AddsAQuarterInEachRound) {
  const SeedRule rule{5, 40};
  std::vector<int> seeds{5};
  while (seeds.back() < 40) seeds.push_back(rule.after(seeds.back()));
  EXPECT_THAT(seeds, ElementsAre(5, 6, 7, 8, 10, 12, 15, 18, 22, 27, 33, 40));
}

}  // namespace
}  // namespace pbn::evaluation
