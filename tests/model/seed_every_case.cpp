// Linked into a test program: every case begins with the same random numbers. ATen's own generator is seeded from the
// system, so that a case whose numbers fall on a kink of ReLU would fail once in many runs.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace {

class SeedEveryCase : public testing::EmptyTestEventListener {
  void OnTestStart(const testing::TestInfo&) override { at::manual_seed(1); }
};

// GoogleTest owns and deletes it.
[[maybe_unused]] const bool listening = (testing::UnitTest::GetInstance()->listeners().Append(new SeedEveryCase), true);

}  // namespace
