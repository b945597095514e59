// Expected values are SciPy 1.17's, unless they are worked out beside: stats.t.interval, and
// stats.permutation_test((d,), mean, permutation_type="samples", n_resamples=inf).
#include "orchestrator/report/statistics.h"

#include <gmock/gmock.h>

#include <vector>

namespace pbn {
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

TEST(SignFlips, CountEqualSumsAsFarThoughTheirLastBitsDiffer) {
  EXPECT_DOUBLE_EQ(*sign_flip_p(Values{1, 1, 1, -1}), 0.625);
  EXPECT_DOUBLE_EQ(*sign_flip_p(Values{87.3 - 87.2, 55.5 - 55.4, 12.1 - 12.0, 63.2 - 63.3}), 0.625);
}

TEST(SignFlips, CannotBeSurerThanTheSeedsAllow) {
  for (const std::size_t n : {1u, 2u, 3u, 6u, 30u}) {
    EXPECT_DOUBLE_EQ(*sign_flip_p(Values(n, 5.0)), smallest_sign_flip_p(n)) << n;
  }
  EXPECT_DOUBLE_EQ(smallest_sign_flip_p(3), 0.25);
}

TEST(SignFlips, SayNothingWithoutDifferences) {
  EXPECT_FALSE(sign_flip_p({}));
  EXPECT_EQ(sign_flip_p(Values{0, 0, 0}), 1);
  EXPECT_FALSE(sign_flip_p(Values(41, 1.0)));  // 2^41 sums: the interval has to do
}

TEST(Holm, StepsDownAndNeverBelowTheOneBefore) {
  // 4 x 0.005, 3 x 0.01, 2 x 0.03, and 1 x 0.04 raised to 0.06; R: p.adjust(p, "holm")
  EXPECT_THAT(holm(Values{0.01, 0.04, 0.03, 0.005}), ElementsAre(DoubleNear(0.03, 1e-12), DoubleNear(0.06, 1e-12),
                                                                 DoubleNear(0.06, 1e-12), DoubleNear(0.02, 1e-12)));
  EXPECT_THAT(holm(Values{0.5, 0.9}), ElementsAre(1, 1));
  EXPECT_THAT(holm(Values{0.25}), ElementsAre(0.25));
}

}  // namespace
}  // namespace pbn
