#include "bench/claim.h"

#include <gtest/gtest.h>

namespace pbn::bench {
namespace {

const Claim loader{
    .name = "loader.raw", .ours = 2800, .peer = 700, .peer_name = "opencv", .unit = "images/s", .goal = 3};

TEST(Claim, ALargerRateAndASmallerMemoryAreBetter) {
  EXPECT_DOUBLE_EQ(*loader.ratio(), 4);
  const Claim memory{.name = "step.memory", .ours = 500, .peer = 1000, .better = Better::less};
  EXPECT_DOUBLE_EQ(*memory.ratio(), 2);
}

TEST(Claim, IsReadBackFromItsJson) {
  const Claim alone{.name = "loader.today", .ours = 2800};
  const std::vector<Claim> read = claims_from_json(to_json({loader, alone}));
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(to_json(read), to_json({loader, alone}));
  EXPECT_FALSE(read[1].ratio());
}

TEST(Claim, WhatThisMachineCannotMeasureHasTheReason) {
  const Claim absent{.name = "step.gpu.8ranks", .goal = 4, .absent = "no GPU"};
  EXPECT_EQ(claims_from_json(to_json({absent}))[0].absent, "no GPU");
  const std::vector<std::string> row = table_of({absent}).rows[0];
  EXPECT_EQ(row[1], "-");
  EXPECT_EQ(row.back(), "no GPU");
}

TEST(Claim, TheTableSaysWhichClaimsHoldAndWhichHaveNoPeer) {
  Claim missed = loader;
  missed.goal = 5;
  const Table table = table_of({loader, missed, Claim{.name = "alone"}});
  EXPECT_EQ(table.rows[0].back(), "holds");
  EXPECT_EQ(table.rows[1].back(), "MISSED");
  EXPECT_EQ(table.rows[2].back(), "no peer");
}

}  // namespace
}  // namespace pbn::bench
