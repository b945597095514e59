// The pixels of views.
#include "data/loading/warp.h"

#include <gmock/gmock.h>
#include <hwy/targets.h>

#include <cmath>

#include "base/digest.h"
#include "base/error.h"
#include "data/loading/warp_fixed.h"
#include "tests/data/small_pose_file.h"

namespace pbn::data {
namespace {

constexpr int shown = 64;

std::vector<std::uint8_t> warped(const std::vector<std::uint8_t>& crop, const View& view) {
  std::vector<std::uint8_t> input(shown * shown * 3);
  warp(crop, crop_side, view, input, shown);
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
    const bool inside = px >= 0 && px < crop_side && py >= 0 && py < crop_side;
    return inside ? static_cast<double>(at(crop, crop_side, static_cast<int>(px), static_cast<int>(py), channel)) : 0.0;
  };
  return (1 - bottom_weight) * ((1 - right_weight) * pixel(left, top) + right_weight * pixel(left + 1, top)) +
         bottom_weight * ((1 - right_weight) * pixel(left, top + 1) + right_weight * pixel(left + 1, top + 1));
}

TEST(Warp, TheCentralViewCopiesTheBox) {
  const auto crop = random_crop(crop_side, 0);
  const auto straight = warped(crop, central_view(small_info()));
  const auto mirrored = warped(crop, central_view(small_info(), 1, true));
  for (int y = 0; y < shown; ++y) {
    for (int x = 0; x < shown; ++x) {
      for (int c = 0; c < 3; ++c) {
        ASSERT_EQ(at(straight, shown, x, y, c), at(crop, crop_side, x + 16, y + 16, c));
        ASSERT_EQ(at(mirrored, shown, x, y, c), at(straight, shown, shown - 1 - x, y, c));
      }
    }
  }
}

TEST(Warp, IsBilinearSamplingToOneGreyLevel) {
  const auto crop = random_crop(crop_side, 1);
  const config::Augmentation always_transformed{0.25, 30,  1,  0.5,
                                                1,    0.2, 0.5};  // many of these views look beyond the crop
  int on_black = 0;
  for (std::uint32_t sample = 0; sample < 20; ++sample) {
    const View view = augmented_view(small_info(), always_transformed, Random(1, 1, sample, Purpose::augmentation));
    const auto input = warped(crop, view);
    for (int y = 0; y < shown; ++y) {
      for (int x = 0; x < shown; ++x) {
        const auto [crop_x, crop_y] = apply(view.input_to_crop, x + 0.5, y + 0.5);
        on_black += crop_x < 0 || crop_y < 0 || crop_x > crop_side || crop_y > crop_side;
        for (int c = 0; c < 3; ++c) {
          const double expected =
              std::min(255.0, sampled(crop, crop_x, crop_y, c) * view.colour[static_cast<std::size_t>(c)]);
          ASSERT_NEAR(at(input, shown, x, y, c), expected, 1) << sample << ": " << x << ", " << y;
        }
      }
    }
  }
  EXPECT_GT(on_black, 500);
}

TEST(Warp, AViewOfNothingButTheOutsideIsBlack) {
  View away = central_view(small_info());
  away.input_to_crop[2] += 1e6;
  EXPECT_EQ(warped(random_crop(crop_side, 2), away), std::vector<std::uint8_t>(shown * shown * 3, 0));
}

TEST(Warp, ColourIsAFactorOfEachChannelThatStopsAtWhite) {
  View view = central_view(small_info());
  view.colour = {0.5f, 1.0f, 2.0f};
  const auto input = warped(std::vector<std::uint8_t>(crop_side * crop_side * 3, 150), view);
  EXPECT_EQ(at(input, shown, 5, 5, 0), 75);
  EXPECT_EQ(at(input, shown, 5, 5, 1), 150);
  EXPECT_EQ(at(input, shown, 5, 5, 2), 255);
}

// A random view: of most of the crop, its edges, the outside, or a single pixel.
View any_view(Random& random, int crop_pixels, int input_pixels) {
  View view;
  Affine& m = view.input_to_crop;
  const bool straight = random.below(4) == 0;
  for (const std::size_t i : {0, 1, 3, 4}) m[i] = straight ? static_cast<int>(random.below(5)) - 2 : random.normal();
  const double middle = input_pixels / 2.0;
  m[2] = random.uniform(-0.5, 1.5) * crop_pixels - (m[0] + m[1]) * middle;
  m[5] = random.uniform(-0.5, 1.5) * crop_pixels - (m[3] + m[4]) * middle;
  if (straight) m[2] = std::round(m[2]), m[5] = std::round(m[5]);
  for (float& factor : view.colour) factor = static_cast<float>(random.uniform(0, 2));
  return view;
}

std::vector<std::uint8_t> warped_by_definition(const std::vector<std::uint8_t>& crop, int crop_pixels, const View& view,
                                               int input_pixels) {
  using namespace fixed;
  const FixedView integers(view, crop_pixels);
  const int bits = integers.coordinate_bits;
  const auto neighbour = [&](std::int64_t x, std::int64_t y) {
    static constexpr std::uint8_t black[3] = {};
    const bool inside = x >= 0 && x < crop_pixels && y >= 0 && y < crop_pixels;
    return inside ? crop.data() + (y * crop_pixels + x) * 3 : black;
  };
  std::vector<std::uint8_t> input(static_cast<std::size_t>(input_pixels * input_pixels * 3));
  for (int pixel = 0; pixel < input_pixels * input_pixels; ++pixel) {
    const int row = pixel / input_pixels, column = pixel % input_pixels;
    const std::int64_t x = integers.line(0, row).at(column), y = integers.line(1, row).at(column);
    const std::int64_t left = x >> bits, top = y >> bits;
    blend(neighbour(left, top), neighbour(left + 1, top), neighbour(left, top + 1), neighbour(left + 1, top + 1),
          weight(x, bits), weight(y, bits), integers.colour, input.data() + 3 * pixel);
  }
  return input;
}

class AllInstructionSets {
 public:
  ~AllInstructionSets() { use(0); }

  static std::vector<std::int64_t> here() { return hwy::SupportedAndGeneratedTargets(); }
  static void use(std::int64_t target) {  // 0: what this processor has
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
};

TEST(Warp, EverySetOfVectorInstructionsGivesTheBytesOfTheDefinition) {
  const AllInstructionSets sets;
  Random random(5, 0, 0, Purpose::synthetic);
  for (std::uint32_t trial = 0; trial < 150; ++trial) {
    const int crop_pixels = 2 + static_cast<int>(random.below(trial % 10 == 0 ? 600 : 80));
    const int input_pixels = 1 + static_cast<int>(random.below(trial % 10 == 0 ? 300 : 60));
    const auto crop = random_crop(crop_pixels, trial);
    const View view = any_view(random, crop_pixels, input_pixels);
    const auto expected = warped_by_definition(crop, crop_pixels, view, input_pixels);
    for (const std::int64_t target : sets.here()) {
      sets.use(target);
      std::vector<std::uint8_t> input(expected.size());
      warp(crop, crop_pixels, view, input, input_pixels);
      ASSERT_EQ(input, expected) << hwy::TargetName(target) << ", trial " << trial;
    }
    sets.use(0);
  }
}

TEST(Warp, ReadsOnlyItsWindow) {
  Random random(6, 0, 0, Purpose::synthetic);
  for (std::uint32_t trial = 0; trial < 200; ++trial) {
    const View view = any_view(random, crop_side, shown);
    auto crop = random_crop(crop_side, trial);
    const auto expected = warped(crop, view);
    const Window window = window_of(view, crop_side, shown);
    for (int y = 0; y < crop_side; ++y) {
      for (int x = 0; x < crop_side; ++x) {
        if (x >= window.left && x < window.right && y >= window.top && y < window.bottom) continue;
        for (int c = 0; c < 3; ++c) crop[static_cast<std::size_t>((y * crop_side + x) * 3 + c)] ^= 0xFF;
      }
    }
    ASSERT_EQ(warped(crop, view), expected) << trial;
  }
}

TEST(Warp, TheWindowOfTheCentralViewIsTheBoxAndItsNeighbours) {
  const Window window = window_of(central_view(small_info()), crop_side, shown);
  EXPECT_THAT((std::array{window.left, window.top, window.right, window.bottom}), testing::ElementsAre(16, 16, 81, 81));
  View away = central_view(small_info());
  away.input_to_crop[2] += 1e6;
  EXPECT_TRUE(window_of(away, crop_side, shown).empty());
}

// A change of this digest changes the input of every training: raise recipe_version.
TEST(Warp, GivesTheSameBytesOnEveryProcessor) {
  const auto crop = random_crop(crop_side, 3);
  View view;
  view.input_to_crop = {1.125, -0.375, 20.3125, 0.4375, 0.875, -3.5625};
  view.colour = {0.875f, 1.0625f, 1.25f};
  Sha256 sum;
  sum.update(std::span<const std::uint8_t>(warped(crop, view)));
  EXPECT_EQ(sum.hex(), "677ee3c066abb5c6f498b84160f66369b6c332c4a89204969e4f789dfaf9e3cb");
}

TEST(Warp, BuffersOfTheWrongSizeAreABug) {
  std::vector<std::uint8_t> input(shown * shown * 3);
  EXPECT_THROW(warp(random_crop(crop_side - 1, 0), crop_side, central_view(small_info()), input, shown), Error);
}

}  // namespace
}  // namespace pbn::data
