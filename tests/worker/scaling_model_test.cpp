#include "worker/scaling_model.h"

#include <gtest/gtest.h>

namespace pbn {
namespace {

const Cluster pairs{"two a host", 2, {0.001, 1e9}, {0.01, 1e8}};

TEST(ScalingModel, ASumInsideAHostIsARing) {
  EXPECT_DOUBLE_EQ(sum_seconds(1e6, 1, pairs), 0);
  EXPECT_DOUBLE_EQ(sum_seconds(1e6, 2, pairs), 2 * (0.001 + 1e6 / 2 / 1e9));
}

TEST(ScalingModel, ASumOverHostsAddsARingBetweenThem) {
  EXPECT_DOUBLE_EQ(sum_seconds(1e6, 4, pairs), sum_seconds(1e6, 2, pairs) + 2 * (0.01 + 1e6 / 2 / 1e8));
  EXPECT_DOUBLE_EQ(sum_seconds(1e6, 6, pairs), sum_seconds(1e6, 2, pairs) + 4 * (0.01 + 1e6 / 3 / 1e8));
}

TEST(ScalingModel, SumsThatBackwardCoversCostOnlyTheLastBucket) {
  const StepTimes step{0.1, 1.0, 0.05, {5e5, 5e5}};
  EXPECT_DOUBLE_EQ(step_seconds(step, 2, pairs), 1.15 + sum_seconds(5e5, 2, pairs));
}

TEST(ScalingModel, SlowLinksSetThePace) {
  const Cluster slow{"slow", 1, {0, 1}, {0, 1e6}};
  const StepTimes step{0, 0.001, 0, {1e6, 1e6}};
  EXPECT_NEAR(step_seconds(step, 2, slow), 0.0005 + 2 * sum_seconds(1e6, 2, slow), 1e-12);
  EXPECT_LT(efficiency(step, 2, slow), 0.01);
}

TEST(ScalingModel, OneDeviceIsPerfect) { EXPECT_DOUBLE_EQ(efficiency({0.1, 0.2, 0.05, {1e6}}, 1, pairs), 1); }

}  // namespace
}  // namespace pbn
