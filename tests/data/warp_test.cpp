// The pixels that a view shows.
#include <gtest/gtest.h>

#include <cmath>

#include "base/digest.h"
#include "base/error.h"
#include "data/augmentation.h"
#include "tests/data/small_pose_file.h"

namespace pbn {
namespace {

constexpr int side = 96;  // crop of small_info()
constexpr int shown = 64;

std::vector<std::uint8_t> warped(const std::vector<std::uint8_t>& crop, const View& view) {
  std::vector<std::uint8_t> input(shown * shown * 3);
  warp(crop, side, view, input, shown);
  return input;
}

std::uint8_t at(const std::vector<std::uint8_t>& pixels, int width, int x, int y, int channel) {
  return pixels[static_cast<std::size_t>((y * width + x) * 3 + channel)];
}

// Bilinear sampling in floating point, black outside.
double sampled(const std::vector<std::uint8_t>& crop, double x, double y, int channel) {
  const double left = std::floor(x - 0.5), top = std::floor(y - 0.5);
  const double right_weight = x - 0.5 - left, bottom_weight = y - 0.5 - top;
  const auto pixel = [&](double px, double py) {
    const bool inside = px >= 0 && px < side && py >= 0 && py < side;
    return inside ? static_cast<double>(at(crop, side, static_cast<int>(px), static_cast<int>(py), channel)) : 0.0;
  };
  return (1 - bottom_weight) * ((1 - right_weight) * pixel(left, top) + right_weight * pixel(left + 1, top)) +
         bottom_weight * ((1 - right_weight) * pixel(left, top + 1) + right_weight * pixel(left + 1, top + 1));
}

TEST(Warp, TheCentralViewCopiesTheBox) {
  const auto crop = random_crop(side, 0);
  const auto straight = warped(crop, central_view(small_info()));
  const auto mirrored = warped(crop, central_view(small_info(), 1, true));
  for (int y = 0; y < shown; ++y) {
    for (int x = 0; x < shown; ++x) {
      for (int c = 0; c < 3; ++c) {
        ASSERT_EQ(at(straight, shown, x, y, c), at(crop, side, x + 16, y + 16, c));
        ASSERT_EQ(at(mirrored, shown, x, y, c), at(straight, shown, shown - 1 - x, y, c));
      }
    }
  }
}

TEST(Warp, IsBilinearSamplingToTwoGreyLevels) {
  const auto crop = random_crop(side, 1);
  const Augmentation papers{0.25, 30, 1, 0.5, 1, 0.2, 0.5};  // many of these views look beyond the crop
  int on_black = 0;
  for (std::uint32_t sample = 0; sample < 20; ++sample) {
    const View view = augmented_view(small_info(), papers, Random(1, 1, sample, Purpose::augmentation));
    const auto input = warped(crop, view);
    for (int y = 0; y < shown; ++y) {
      for (int x = 0; x < shown; ++x) {
        const auto [crop_x, crop_y] = apply(view.input_to_crop, x + 0.5, y + 0.5);
        on_black += crop_x < 0 || crop_y < 0 || crop_x > side || crop_y > side;
        for (int c = 0; c < 3; ++c) {
          const double expected =
              std::min(255.0, sampled(crop, crop_x, crop_y, c) * view.colour[static_cast<std::size_t>(c)]);
          ASSERT_NEAR(at(input, shown, x, y, c), expected, 2) << sample << ": " << x << ", " << y;
        }
      }
    }
  }
  EXPECT_GT(on_black, 500);
}

TEST(Warp, AViewOfNothingButTheOutsideIsBlack) {
  View away = central_view(small_info());
  away.input_to_crop[2] += 1e6;
  EXPECT_EQ(warped(random_crop(side, 2), away), std::vector<std::uint8_t>(shown * shown * 3, 0));
}

TEST(Warp, ColourIsAFactorOfEachChannelThatStopsAtWhite) {
  View view = central_view(small_info());
  view.colour = {0.5f, 1.0f, 2.0f};
  const auto input = warped(std::vector<std::uint8_t>(side * side * 3, 150), view);
  EXPECT_EQ(at(input, shown, 5, 5, 0), 75);
  EXPECT_EQ(at(input, shown, 5, 5, 1), 150);
  EXPECT_EQ(at(input, shown, 5, 5, 2), 255);
}

// Whoever changes this digest changes what every training sees: raise recipe_version.
TEST(Warp, GivesTheSameBytesOnEveryProcessor) {
  const auto crop = random_crop(side, 3);
  View view;
  view.input_to_crop = {1.125, -0.375, 20.3125, 0.4375, 0.875, -3.5625};
  view.colour = {0.875f, 1.0625f, 1.25f};
  Sha256 sum;
  sum.update(std::span<const std::uint8_t>(warped(crop, view)));
  EXPECT_EQ(sum.hex(), "a74cd2685eb3919efc2b1a9dd7ff4bf0d14cbd2028132158f79613d3a36210d5");
}

TEST(Warp, BuffersOfTheWrongSizeAreABug) {
  std::vector<std::uint8_t> input(shown * shown * 3);
  EXPECT_THROW(warp(random_crop(side - 1, 0), side, central_view(small_info()), input, shown), Error);
}

}  // namespace
}  // namespace pbn
