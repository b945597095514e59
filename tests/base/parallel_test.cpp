#include "base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>

namespace pbn {
namespace {

TEST(InOrder, ResultsArriveInOrderFromAnyNumberOfThreads) {
  for (const int threads : {0, 1, 3, 8}) {
    std::vector<std::int64_t> seen;
    in_order(
        200, threads,
        [](std::int64_t i) {
          if (i % 7 == 0) std::this_thread::sleep_for(std::chrono::microseconds(300));
          return i * i;
        },
        [&](std::int64_t square) { seen.push_back(square); });
    ASSERT_EQ(seen.size(), 200U);
    for (std::int64_t i = 0; i < 200; ++i) EXPECT_EQ(seen[i], i * i);
  }
}

TEST(InOrder, TheFirstFailureIsThrownAfterTheResultsBeforeIt) {
  std::int64_t used = 0;
  const auto make = [](std::int64_t i) {
    if (i >= 20) throw std::runtime_error(std::to_string(i));
    return i;
  };
  try {
    in_order(1000, 4, make, [&](std::int64_t) { ++used; });
    FAIL() << "no exception";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "20");
  }
  EXPECT_EQ(used, 20);
}

TEST(InOrder, MakingDoesNotRunFarAheadOfUse) {
  std::atomic<std::int64_t> made = 0;
  std::int64_t used = 0, farthest = 0;
  in_order(
      300, 2, [&](std::int64_t i) { return ++made, i; },
      [&](std::int64_t) {
        farthest = std::max(farthest, made - used);
        ++used;
      });
  EXPECT_LE(farthest, 4 * 2 + 1);
}

TEST(InOrder, AFailureOfUseEndsTheThreads) {
  EXPECT_THROW(
      in_order(
          1000, 3, [](std::int64_t i) { return i; }, [](std::int64_t) { throw std::runtime_error("disk full"); }),
      std::runtime_error);
}

TEST(InParallel, EachIndexIsProcessedOnce) {
  for (const std::size_t helpers : {0, 1, 7}) {
    std::vector<std::atomic<int>> times(1000);
    in_parallel(times.size(), helpers, [&](std::size_t i) { ++times[i]; });
    for (const auto& count : times) EXPECT_EQ(count, 1);
  }
}

TEST(InParallel, AnExceptionIsRethrownAndStopsTheRest) {
  std::atomic<std::size_t> worked_on = 0;
  const auto work = [&](std::size_t i) {
    if (i == 10) throw std::runtime_error("10");
    ++worked_on;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  };
  EXPECT_THROW(in_parallel(100'000, 3, work), std::runtime_error);
  EXPECT_LT(worked_on, 1000u);
}

}  // namespace
}  // namespace pbn
