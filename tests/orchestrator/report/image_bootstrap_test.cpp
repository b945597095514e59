// Expected values are SciPy 1.17's stats.bootstrap(method="percentile") with at least 100,000 resamples; the 2,000
// here scatter about them.
#include "orchestrator/report/statistics/image_bootstrap.h"

#include <gtest/gtest.h>

namespace pbn::report {
namespace {

// A hundred images of one joint each: 30 won, 10 lost, 60 the same.
ImageTallies hundred_images() {
  ImageTallies tallies{1, {}, std::vector<double>(100, 1.0)};
  for (int image = 0; image < 100; ++image) tallies.gain.push_back(image < 30 ? 1 : image < 40 ? -1 : 0);
  return tallies;
}

TEST(ImageBootstrap, GivesThePercentileIntervalOfTheDifference) {
  const ImageTallies tallies = hundred_images();
  EXPECT_DOUBLE_EQ(tallies.difference(), 20);
  const auto interval = image_bootstrap(tallies);
  EXPECT_NEAR(interval->low, 8, 1.0);
  EXPECT_NEAR(interval->high, 32, 1.0);
}

TEST(ImageBootstrap, WeighsPartsEquallyWhateverTheirNumberOfJoints) {
  ImageTallies tallies{2, {}, {}};
  for (int image = 0; image < 60; ++image) {
    const double first = image % 3 == 2 ? 1 : 0;
    const double second = image % 5 == 0 ? -1 : image % 4 == 1 ? 1 : 0;
    tallies.gain.insert(tallies.gain.end(), {first, second});
    tallies.joints.insert(tallies.joints.end(), {image % 3 * 1.0, 1.0 + image % 2});
  }
  EXPECT_NEAR(tallies.difference(), 100.0 / 6, 1e-9);
  const auto interval = image_bootstrap(tallies);
  EXPECT_NEAR(interval->low, 9.96, 0.8);
  EXPECT_NEAR(interval->high, 22.74, 0.8);
}

TEST(ImageBootstrap, IsReproducible) {
  EXPECT_EQ(image_bootstrap(hundred_images())->low, image_bootstrap(hundred_images())->low);
  EXPECT_NE(image_bootstrap(hundred_images(), 50, 1)->low, image_bootstrap(hundred_images(), 50, 2)->low);
}

TEST(ImageBootstrap, IsNoneWithoutImages) { EXPECT_FALSE(image_bootstrap({})); }

}  // namespace
}  // namespace pbn::report
