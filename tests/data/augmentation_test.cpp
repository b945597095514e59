// Random and central views.
#include "data/loading/augmentation.h"

#include <gmock/gmock.h>

#include <cmath>

#include "base/error.h"
#include "paper_augmentation.h"

namespace pbn::data {
namespace {

constexpr config::Augmentation off{0, 0, 0, 0, 0, 0, 0};

PoseFileInfo box_of_128_pixels() {
  PoseFileInfo info;
  info.box_pixels = 128;
  info.extent = 1.75;  // a crop of 224
  return info;
}
const PoseFileInfo info = box_of_128_pixels();

View drawn(const config::Augmentation& augmentation, std::uint32_t sample) {
  return augmented_view(info, augmentation, Random(3, 1, sample, Purpose::augmentation));
}

TEST(Augmentation, TheCentralViewIsTheBoxInTheMiddleOfTheCrop) {
  EXPECT_EQ(central_view(info).input_to_crop, (Affine{1, 0, 48, 0, 1, 48}));
  EXPECT_EQ(central_view(info, 1.25).input_to_crop, (Affine{1.25, 0, 32, 0, 1.25, 32}));
  EXPECT_EQ(central_view(info, 1, true).input_to_crop, (Affine{-1, 0, 176, 0, 1, 48}));
}

TEST(Augmentation, WithEverythingOffItIsTheCentralView) {
  const View view = drawn(off, 0);
  EXPECT_EQ(view.input_to_crop, central_view(info).input_to_crop);
  EXPECT_EQ(view.colour, (std::array<float, 3>{1, 1, 1}));
  EXPECT_FALSE(view.flipped);
}

TEST(Augmentation, TheCentreStaysInTheMiddle) {
  for (std::uint32_t sample = 0; sample < 50; ++sample) {
    const auto [x, y] = apply(drawn(paper_augmentation, sample).input_to_crop, 64, 64);
    EXPECT_NEAR(x, 112, 1e-9);
    EXPECT_NEAR(y, 112, 1e-9);
  }
}

TEST(Augmentation, TheBoxIsScaledThenShearedThenTurned) {
  config::Augmentation scales = off, shears = off, turns = off, all = off;
  scales.scale = all.scale = paper_augmentation.scale;
  shears.shear = all.shear = paper_augmentation.shear;
  shears.shear_probability = all.shear_probability = 1;
  turns.rotate = all.rotate = paper_augmentation.rotate;
  turns.rotate_probability = all.rotate_probability = 1;
  const auto centred = [](const config::Augmentation& augmentation, double x, double y) {
    const auto [crop_x, crop_y] = apply(drawn(augmentation, 5).input_to_crop, x + 64, y + 64);
    return std::array<double, 2>{crop_x - 112, crop_y - 112};
  };
  const auto scaled = centred(scales, 10, 20);
  const auto sheared = centred(shears, scaled[0], scaled[1]);
  const auto turned = centred(turns, sheared[0], sheared[1]);
  const auto at_once = centred(all, 10, 20);
  EXPECT_NEAR(at_once[0], turned[0], 1e-9);
  EXPECT_NEAR(at_once[1], turned[1], 1e-9);
}

TEST(Augmentation, SwitchingOneSettingOffLeavesTheOtherDrawsAsTheyWere) {
  config::Augmentation without_rotation = paper_augmentation;
  without_rotation.rotate_probability = 0;
  int turned = 0;
  for (std::uint32_t sample = 0; sample < 100; ++sample) {
    const View with = drawn(paper_augmentation, sample), without = drawn(without_rotation, sample);
    EXPECT_EQ(with.colour, without.colour);
    EXPECT_EQ(with.flipped, without.flipped);
    turned += with.input_to_crop != without.input_to_crop;
  }
  EXPECT_GT(turned, 20);
  EXPECT_LT(turned, 60);  // the other people's maps are the same to the last bit
}

TEST(Augmentation, DrawsStayWithinTheirRangesAndReachThem) {
  config::Augmentation scales = off;
  scales.scale = 0.25;
  scales.colour = 0.2;
  scales.flip_probability = 0.5;
  double least = 2, greatest = 0;
  float darkest = 2, brightest = 0;
  int flipped = 0;
  for (std::uint32_t sample = 0; sample < 400; ++sample) {
    const View view = drawn(scales, sample);
    const double across = std::abs(view.input_to_crop[0]), down = view.input_to_crop[4];
    least = std::min({least, across, down});
    greatest = std::max({greatest, across, down});
    darkest = std::min({darkest, view.colour[0], view.colour[1], view.colour[2]});
    brightest = std::max({brightest, view.colour[0], view.colour[1], view.colour[2]});
    flipped += view.flipped;
  }
  EXPECT_DOUBLE_EQ(least, 0.75);  // a sixth of the draws is clipped to each end
  EXPECT_DOUBLE_EQ(greatest, 1.25);
  EXPECT_NEAR(darkest, 0.8, 0.01);
  EXPECT_NEAR(brightest, 1.2, 0.01);
  EXPECT_NEAR(flipped, 200, 50);
}

TEST(Augmentation, ACropOf175PercentHoldsNineOfTenOfThePapersViewsWhole) {
  int whole = 0;
  const int views = 2000;
  for (std::uint32_t sample = 0; sample < views; ++sample) {
    const View view = drawn(paper_augmentation, sample);
    bool inside = true;
    for (const auto& [x, y] : {std::pair{0, 0}, {128, 0}, {0, 128}, {128, 128}}) {
      const auto [crop_x, crop_y] = apply(view.input_to_crop, x, y);
      inside = inside && std::min(crop_x, crop_y) >= 0 && std::max(crop_x, crop_y) <= 224;
    }
    whole += inside;
  }
  EXPECT_NEAR(static_cast<double>(whole) / views, 0.92, 0.02);
}

TEST(Augmentation, AShearThatCouldCollapseThePictureIsRefused) {
  config::Augmentation folds = paper_augmentation;
  folds.shear = 1;
  EXPECT_THROW(drawn(folds, 0), Error);
}

Person standing() {
  Person person;
  for (int part = 0; part < config::lsp14().size(); ++part)
    person.joints.push_back({100.0f + static_cast<float>(part), 120});
  person.labelled.assign(14, true);
  person.labelled[0] = false;  // the right ankle
  return person;
}

TEST(SeenJoints, JointsAreMappedToTheInput) {
  const SeenJoints seen = seen_joints(standing(), central_view(info, 1.25), config::lsp14());
  EXPECT_FLOAT_EQ(seen.joints[1][0], (101 - 32) / 1.25f);
  EXPECT_FLOAT_EQ(seen.joints[1][1], (120 - 32) / 1.25f);
  EXPECT_FALSE(seen.labelled[0]);
  EXPECT_TRUE(seen.labelled[5]);
}

TEST(SeenJoints, AFlipExchangesLeftAndRight) {
  const SeenJoints straight = seen_joints(standing(), central_view(info), config::lsp14());
  const SeenJoints mirrored = seen_joints(standing(), central_view(info, 1, true), config::lsp14());
  const int r_ankle = 0, l_ankle = 5, neck = 12;
  EXPECT_FLOAT_EQ(mirrored.joints[r_ankle][0], 128 - straight.joints[l_ankle][0]);
  EXPECT_FLOAT_EQ(mirrored.joints[neck][0], 128 - straight.joints[neck][0]);
  EXPECT_EQ(mirrored.joints[r_ankle][1], straight.joints[l_ankle][1]);
  EXPECT_TRUE(mirrored.labelled[r_ankle]);
  EXPECT_FALSE(mirrored.labelled[l_ankle]);
}

}  // namespace
}  // namespace pbn::data
