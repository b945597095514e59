// Makes every case of the test program start with the same random numbers. ATen's generator is seeded by the system, so
// that a case whose numbers hit a kink of ReLU would fail once in many runs.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace {

class SeedEveryCase : public testing::EmptyTestEventListener {
  void OnTestStart(const testing::TestInfo&) override { at::manual_seed(1); }
};

// GoogleTest owns and deletes it.
[[maybe_unused]] const bool listening = (testing::UnitTest::GetInstance()->listeners().Append(new SeedEveryCase), true);

}  // namespace
