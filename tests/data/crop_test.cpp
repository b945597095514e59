#include "data/pose_file/crop.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "small_pose_file.h"

namespace pbn::data {
namespace {

std::vector<std::uint8_t> cut_from(const Image& image, const Affine& map, int side) {
  std::vector<std::uint8_t> crop(static_cast<std::size_t>(side) * side * 3);
  cut_crop(image, map, side, crop);
  return crop;
}

Image noise(int side) { return {side, side, random_crop(side, 5)}; }

TEST(Crop, TheBoxIsTheMiddleOfTheCrop) {
  const PoseFileInfo info = small_info();  // box 64, crop 96
  const Affine map = crop_to_image({200, 100, 128}, info);
  EXPECT_EQ(apply(map, 48, 48), (std::array<double, 2>{200, 100}));
  EXPECT_EQ(apply(map, 16, 16), (std::array<double, 2>{136, 36}));  // the box's upper left corner
  EXPECT_EQ(apply(map, 80, 80), (std::array<double, 2>{264, 164}));
}

TEST(Crop, AnUnscaledCropIsThePhotographItself) {
  const Image image = noise(20);
  EXPECT_EQ(cut_from(image, {1, 0, 0, 0, 1, 0}, 20), image.pixels);
}

TEST(Crop, WhatLiesBeyondThePhotographIsBlack) {
  const Image white{8, 8, std::vector<std::uint8_t>(8 * 8 * 3, 255)};
  const std::vector<std::uint8_t> crop = cut_from(white, {1, 0, -4, 0, 1, -4}, 16);
  EXPECT_EQ(std::count(crop.begin(), crop.end(), 255), 8 * 8 * 3);
  EXPECT_EQ(std::count(crop.begin(), crop.end(), 0), (16 * 16 - 8 * 8) * 3);
  EXPECT_EQ(crop[(4 * 16 + 4) * 3], 255);
  const std::vector<std::uint8_t> far = cut_from(white, {1, 0, 1e9, 0, 1, 0}, 16);
  EXPECT_EQ(std::count(far.begin(), far.end(), 0), std::ssize(far));
}

TEST(Crop, AUniformPhotographStaysUniformAtEveryScale) {
  const Image grey{300, 300, std::vector<std::uint8_t>(300 * 300 * 3, 131)};
  for (const double scale : {0.13, 0.5, 1.0, 1.7, 4.2}) {
    const std::vector<std::uint8_t> crop = cut_from(grey, {scale, 0, 50, 0, scale, 50}, 32);
    for (const std::uint8_t value : crop) ASSERT_NEAR(value, 131, 1) << scale;
  }
}

TEST(Crop, FineStripesBecomeGreyWhenReducedInsteadOfAliasing) {
  Image stripes{256, 256, {}};
  for (int i = 0; i < 256 * 256; ++i) stripes.pixels.insert(stripes.pixels.end(), 3, i % 2 ? 255 : 0);
  const std::vector<std::uint8_t> crop = cut_from(stripes, {4.3, 0, 40, 0, 4.3, 40}, 32);
  for (const std::uint8_t value : crop) EXPECT_NEAR(value, 127, 12);
}

TEST(Crop, APointOfThePhotographIsFoundWhereTheMapPutsIt) {
  Image image{100, 100, std::vector<std::uint8_t>(100 * 100 * 3)};
  image.pixels[(30 * 100 + 60) * 3] = 255;                       // its centre is (60.5, 30.5)
  const Affine map = crop_to_image({55, 35, 32}, small_info());  // twice enlarged
  const std::vector<std::uint8_t> crop = cut_from(image, map, 96);
  double sum = 0, x = 0, y = 0;
  for (int i = 0; i < 96 * 96; ++i) {
    sum += crop[3 * i];
    x += crop[3 * i] * (i % 96 + 0.5);
    y += crop[3 * i] * (i / 96 + 0.5);
  }
  const auto found = apply(map, x / sum, y / sum);
  EXPECT_NEAR(found[0], 60.5, 0.02);
  EXPECT_NEAR(found[1], 30.5, 0.02);
}

}  // namespace
}  // namespace pbn::data
