// Expected values are from SciPy 1.17 unless a comment derives them: stats.t.interval, and
// stats.permutation_test((d,), mean, permutation_type="samples", n_resamples=inf).
#include "evaluation/statistics.h"

#include <gmock/gmock.h>

#include <cmath>
#include <vector>

namespace pbn::evaluation {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using Values = std::vector<double>;

TEST(Statistics, TheDeviationIsThatOfASample) {
  const Spread spread = spread_of(Values{2, 4, 4, 4, 5, 5, 7, 9});
  EXPECT_EQ(spread.n, 8);
  EXPECT_DOUBLE_EQ(spread.mean, 5);
  EXPECT_NEAR(spread.deviation, 2.13809, 1e-5);  // sqrt(32 / 7)
}

TEST(Statistics, OneSeedHasNoSpread) {
  EXPECT_EQ(spread_of(Values{3}).deviation, 0);
  EXPECT_FALSE(spread_of(Values{3}).interval());
  EXPECT_EQ(spread_of({}).n, 0);
}

TEST(Statistics, TheIntervalIsStudents) {
  const auto interval = spread_of(Values{87.3, 87.9, 86.8, 87.6}).interval();
  EXPECT_NEAR(interval->low, 86.65365018474527, 1e-9);
  EXPECT_NEAR(interval->high, 88.14634981525474, 1e-9);
}

TEST(Statistics, TwoSeedsGiveAWideInterval) {
  const auto interval = spread_of(Values{87, 88}).interval();  // 87.5 -+ 12.706 x 0.5, from any table of t
  EXPECT_NEAR(interval->low, 87.5 - 6.353, 1e-3);
  EXPECT_NEAR(interval->high, 87.5 + 6.353, 1e-3);
}

TEST(SignFlips, CountEveryChoiceOfSigns) {
  EXPECT_DOUBLE_EQ(*sign_flip_p(Values{0.6, 0.2, 0.9, -0.1, 0.4, 0.7}), 0.0625);
  EXPECT_DOUBLE_EQ(*sign_flip_p(Values{1.3, -0.4, 2.2, 0.9, -1.1, 0.3, 1.7, 0.8, -0.2, 1.4, 0.6, -0.7}), 0.0859375);
  const Values twenty{-0.5, -1.0, 0.1,  0.7, 1.4, 0.4,  -0.3, -0.5, 1.0,  1.9,
                      0.6,  -0.9, -0.7, 1.9, 0.5, -1.4, 0.2,  -0.9, -0.3, -0.2};
  EXPECT_DOUBLE_EQ(*sign_flip_p(twenty), 689838.0 / (1 << 20));
}

TEST(SignFlips, TreatSumsAsEqualThatDifferOnlyByRounding) {
  EXPECT_DOUBLE_EQ(*sign_flip_p(Values{1, 1, 1, -1}), 0.625);
  EXPECT_DOUBLE_EQ(*sign_flip_p(Values{87.3 - 87.2, 55.5 - 55.4, 12.1 - 12.0, 63.2 - 63.3}), 0.625);
}

TEST(SignFlips, CannotGiveASmallerPThanTheSeedsAllow) {
  for (const std::size_t n : {1u, 2u, 3u, 6u, 30u}) {
    EXPECT_DOUBLE_EQ(*sign_flip_p(Values(n, 5.0)), smallest_sign_flip_p(n)) << n;
  }
  EXPECT_DOUBLE_EQ(smallest_sign_flip_p(3), 0.25);
}

TEST(SignFlips, GiveNoPWithoutDifferences) {
  EXPECT_FALSE(sign_flip_p({}));
  EXPECT_EQ(sign_flip_p(Values{0, 0, 0}), 1);
}

TEST(Statistics, EqualValuesHaveTheirOwnMeanAndNoDeviation) {
  for (const double value : {0.1, 87.3, -1e308, 1.7e308, 5e-324}) {
    for (const std::size_t n : {2u, 3u, 7u}) {
      const Spread spread = spread_of(Values(n, value));
      EXPECT_EQ(spread.mean, value) << n;
      EXPECT_EQ(spread.deviation, 0) << value << " " << n;
      EXPECT_EQ(spread.interval()->low, value) << n;
    }
  }
}

TEST(Statistics, LargeAndSmallValuesNeitherOverflowNorUnderflow) {
  for (const double unit : {1e-300, 1.0, 1e307}) {
    const Spread spread = spread_of(Values{2 * unit, 4 * unit, 6 * unit, 8 * unit});
    EXPECT_DOUBLE_EQ(spread.mean / unit, 5);
    EXPECT_DOUBLE_EQ(spread.deviation / unit, std::sqrt(20.0 / 3)) << unit;
    EXPECT_DOUBLE_EQ(*sign_flip_p(Values{2 * unit, 4 * unit, 6 * unit, 8 * unit}), 0.125) << unit;
  }
  const Spread wide = spread_of(Values{-1.7e308, 1.7e308});
  EXPECT_EQ(wide.mean, 0);
  EXPECT_FALSE(wide.interval());  // no double can hold it
}

TEST(Statistics, IntervalsAreClippedToTheFiguresBounds) {
  const auto high = spread_of(Values{99, 100}).interval(percentage);
  EXPECT_EQ(high->high, 100);
  EXPECT_NEAR(high->low, 99.5 - 6.353, 1e-3);
  EXPECT_EQ(spread_of(Values{0.0, 0.5}).interval(percentage)->low, 0);
  EXPECT_EQ(spread_of(Values{-90, 90}).interval(difference_of_percentages)->low, -100);
}

TEST(SignFlips, BeyondFortyPairsAreSampledReproducibly) {
  Values differences;
  for (int i = 0; i < 100; ++i) differences.push_back(std::sin(i) + 0.15);
  const double p = *sign_flip_p(differences);
  // With this many signs the sum is about normal: 2 (1 - Phi(|sum| / sqrt(sum of squares))).
  double sum = 0, squares = 0;
  for (const double difference : differences) {
    sum += difference;
    squares += difference * difference;
  }
  EXPECT_NEAR(p, std::erfc(sum / std::sqrt(2 * squares)), 0.01);
  EXPECT_EQ(p, *sign_flip_p(differences));
  EXPECT_EQ(*sign_flip_p(Values(41, 5.0)), smallest_sign_flip_p(41));
  EXPECT_EQ(smallest_sign_flip_p(41), 1e-5);
}

TEST(Holm, CountsComparisonsThatHaveNoPYet) {
  EXPECT_THAT(holm(Values{0.01, 0.04}, 5), ElementsAre(DoubleNear(0.05, 1e-12), DoubleNear(0.16, 1e-12)));
}

TEST(Holm, StepsDownAndNeverBelowTheOneBefore) {
  // 4 x 0.005, 3 x 0.01, 2 x 0.03, and 1 x 0.04 raised to 0.06; R: p.adjust(p, "holm")
  EXPECT_THAT(holm(Values{0.01, 0.04, 0.03, 0.005}, 4), ElementsAre(DoubleNear(0.03, 1e-12), DoubleNear(0.06, 1e-12),
                                                                    DoubleNear(0.06, 1e-12), DoubleNear(0.02, 1e-12)));
  EXPECT_THAT(holm(Values{0.5, 0.9}, 2), ElementsAre(1, 1));
  EXPECT_THAT(holm(Values{0.25}, 1), ElementsAre(0.25));
}

}  // namespace
}  // namespace pbn::evaluation
