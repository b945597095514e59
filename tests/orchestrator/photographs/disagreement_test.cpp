#include "orchestrator/photographs/disagreement.h"

#include <gmock/gmock.h>

namespace pbn::photographs {
namespace {

// One person in a square of 100 pixels with all joints at (x, 50).
CheckpointPrediction everything_at(double x, const config::Skeleton& parts) {
  CheckpointPrediction prediction;
  prediction.parts = parts;
  prediction.people = {{{0, 0, 100, 100},
                        std::vector<std::array<double, 2>>(parts.parts.size(), {x, 50}),
                        std::vector<double>(parts.parts.size(), 1.0)}};
  return prediction;
}

const std::vector<PersonToFind> without_truth{{0, {50, 50, 100}, {}}};

TEST(Disagreement, WithTruthIsAPartThatOneFindsAndTheOtherMisses) {
  const std::vector<PersonToFind> with_truth{{0, {50, 50, 100}, {{"l-knee", {50, 50}}, {"neck", {20, 50}}}}};
  const auto found =
      compare(everything_at(54, config::mpii16()), everything_at(60, config::mpii16()), with_truth, 0.05);
  ASSERT_EQ(found.size(), 1u);  // both miss the neck, and the other parts have no truth
  EXPECT_EQ(found[0].part, "l-knee");
  EXPECT_TRUE(found[0].first_finds);
  EXPECT_FALSE(found[0].second_finds);
}

TEST(Disagreement, WithoutTruthIsAPartThatIsPredictedFarApart) {
  EXPECT_TRUE(
      compare(everything_at(50, config::mpii16()), everything_at(54, config::mpii16()), without_truth, 0.05).empty());
  EXPECT_EQ(
      compare(everything_at(50, config::mpii16()), everything_at(56, config::mpii16()), without_truth, 0.05).size(),
      16u);
}

TEST(Disagreement, IsAboutPartsThatBothPredict) {
  const auto found =
      compare(everything_at(50, config::mpii16()), everything_at(60, config::lsp14()), without_truth, 0.05);
  EXPECT_EQ(found.size(), 14u);
  EXPECT_TRUE(std::none_of(found.begin(), found.end(), [](const auto& one) { return one.part == "pelvis"; }));
}

}  // namespace
}  // namespace pbn::photographs
