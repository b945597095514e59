#include "evaluation/sequential_test.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace pbn::evaluation {
namespace {

using Values = std::vector<double>;
constexpr double infinity = std::numeric_limits<double>::infinity();

// The first two seeds have no scale and count by their signs alone.
TEST(SequentialTest, IsTheMeanOverFixedBets) {
  const auto factor = [](double u) { return std::exp(u) / std::cosh(u); };
  double evidence = 0;
  const double scale = std::sqrt(0.5 * (1 + 2 / 1.0));  // of 1 and 2, whose variance is 0.5
  for (const double lambda : {0.5, 1.0, 2.0}) {
    evidence += factor(lambda) * factor(lambda) * factor(3 * lambda / scale) / 3;
  }
  const SequentialTest test = sequential_test(Values{1, 2, 3});
  EXPECT_NEAR(test.p, 2 / evidence, 1e-12);
  EXPECT_EQ(test.side, 1);
  EXPECT_EQ(sequential_test(Values{-1, -2, -3}).p, test.p);
  EXPECT_EQ(sequential_test(Values{-1, -2, -3}).side, -1);
}

TEST(SequentialTest, KeepsTheStrongestEvidenceOfAllSeeds) {
  Values differences(12, 1.0);
  for (std::size_t i = 0; i < differences.size(); ++i) differences[i] += 0.1 * static_cast<double>(i % 3);
  const double p = sequential_test(differences).p;
  EXPECT_LT(p, 0.01);
  differences.insert(differences.end(), {-1, -1.1, -1.2});
  EXPECT_EQ(sequential_test(differences).p, p);
}

TEST(SequentialTest, SaysNothingAboutTies) {
  EXPECT_EQ(sequential_test(Values{}).p, 1);
  EXPECT_EQ(sequential_test(Values(20, 0.0)).p, 1);
  EXPECT_EQ(sequential_test(Values(20, 0.0)).side, 0);
  EXPECT_LT(sequential_test(Values(20, 0.25)).p, 1e-3);  // always the same gain is not nothing
}

TEST(SequentialTest, DoesNotDependOnTheUnit) {
  const Values differences{0.3, -0.1, 0.5, 0.4, 0.9, 0.2};
  Values large, small;
  for (const double difference : differences) {
    large.push_back(std::ldexp(difference, 1000));
    small.push_back(std::ldexp(difference, -1000));
  }
  EXPECT_EQ(sequential_test(large).p, sequential_test(differences).p);
  EXPECT_EQ(sequential_test(small).p, sequential_test(differences).p);
}

TEST(SequentialInterval, HasTheCentresThatAreNotRejected) {
  const Values differences{0.3, 0.1, 0.5, 0.4, 0.9, 0.2, 0.35, 0.6, 0.45, 0.15};
  const Interval interval = sequential_interval(differences, 0.05);
  EXPECT_LE(sequential_one_sided_p(differences, interval.low, 1), 0.025);
  EXPECT_GT(sequential_one_sided_p(differences, interval.low + 1e-9, 1), 0.025);
  EXPECT_LE(sequential_one_sided_p(differences, interval.high, -1), 0.025);
  EXPECT_GT(sequential_one_sided_p(differences, interval.high - 1e-9, -1), 0.025);
  EXPECT_LT(interval.low, 0.395);
  EXPECT_GT(interval.high, 0.395);
  EXPECT_GT(interval.low, 0);  // as p is below 0.05
  EXPECT_LT(sequential_test(differences).p, 0.05);
}

TEST(SequentialInterval, IsInfiniteUntilThereIsEvidence) {
  EXPECT_EQ(sequential_interval(Values{}, 0.05).low, -infinity);
  EXPECT_EQ(sequential_interval(Values{1, 2, 3}, 0.05).low, -infinity);
  EXPECT_EQ(sequential_interval(Values{1, 2, 3}, 0.05).high, infinity);
  const Interval equal = sequential_interval(Values(20, 0.25), 0.05);
  EXPECT_NEAR(equal.low, 0.25, 1e-9);
  EXPECT_NEAR(equal.high, 0.25, 1e-9);
}

TEST(SequentialInterval, ShrinksWithTheSeeds) {
  Values differences;
  Interval before = unbounded;
  for (int seed = 0; seed < 40; ++seed) {
    differences.push_back(std::sin(3.0 * seed));
    const Interval now = sequential_interval(differences, 0.05);
    EXPECT_GE(now.low, before.low);
    EXPECT_LE(now.high, before.high);
    before = now;
  }
  EXPECT_GT(before.low, -1);
  EXPECT_LT(before.high, 1);
}

TEST(SequentialInterval, OfNoCentreIsTheMiddleOfTheGap) {
  Values drifting(20, 1.0);
  drifting.insert(drifting.end(), 40, -9.0);
  const Interval interval = sequential_interval(drifting, 0.05);
  EXPECT_EQ(interval.low, interval.high);
}

TEST(SeedsToTell, AreFewForLargeDifferences) {
  EXPECT_EQ(seeds_to_tell(0, 0.05), 0);
  EXPECT_NEAR(seeds_to_tell(2, 0.05), 7, 2);
  EXPECT_NEAR(seeds_to_tell(1, 0.05), 14, 3);
  EXPECT_GT(seeds_to_tell(0.5, 0.05), 35);
  EXPECT_GT(seeds_to_tell(1, 0.005), seeds_to_tell(1, 0.05));
}

}  // namespace
}  // namespace pbn::evaluation
