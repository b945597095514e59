#include "orchestrator/report/statistics.h"

#include <gtest/gtest.h>

#include <vector>

namespace pbn {
namespace {

TEST(Statistics, TheDeviationIsThatOfASample) {
  const Spread spread = spread_of(std::vector<double>{2, 4, 4, 4, 5, 5, 7, 9});
  EXPECT_EQ(spread.n, 8);
  EXPECT_DOUBLE_EQ(spread.mean, 5);
  EXPECT_NEAR(spread.deviation, 2.13809, 1e-5);  // sqrt(32 / 7)
}

TEST(Statistics, OneSeedHasNoSpread) {
  EXPECT_EQ(spread_of(std::vector<double>{3}).deviation, 0);
  EXPECT_EQ(spread_of({}).n, 0);
}

}  // namespace
}  // namespace pbn
