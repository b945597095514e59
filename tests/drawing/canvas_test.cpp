#include "drawing/canvas.h"

#include <gmock/gmock.h>

namespace pbn::drawing {
namespace {

using Rgb = std::array<int, 3>;

data::Image grey(int width, int height) {
  return {width, height, std::vector<std::uint8_t>(std::size_t{3} * width * height, 100)};
}

Rgb at(const data::Image& picture, int x, int y) {
  const std::size_t pixel = std::size_t{3} * (y * picture.width + x);
  return {picture.pixels[pixel], picture.pixels[pixel + 1], picture.pixels[pixel + 2]};
}

TEST(Canvas, APictureIsUnchangedUntilSomethingIsDrawn) {
  data::Image picture = grey(7, 5);  // rows that cairo may want longer
  for (std::size_t i = 0; i < picture.pixels.size(); ++i) picture.pixels[i] = static_cast<std::uint8_t>(i * 7);
  const data::Image back = Canvas(picture).picture();
  EXPECT_EQ(back.width, 7);
  EXPECT_EQ(back.height, 5);
  EXPECT_EQ(back.pixels, picture.pixels);
}

TEST(Canvas, LinesDiscsAndRingsCoverTheirPixels) {
  Canvas canvas(grey(40, 20));
  canvas.line({5, 10}, {15, 10}, 4, "#ff0000");
  canvas.disc({22, 10}, 3, "#00ff00");
  canvas.ring({33, 10}, 5.5, 3, "#0000ff");
  const data::Image picture = canvas.picture();
  EXPECT_EQ(at(picture, 10, 9), (Rgb{255, 0, 0}));
  EXPECT_EQ(at(picture, 10, 13), (Rgb{100, 100, 100}));
  EXPECT_EQ(at(picture, 22, 10), (Rgb{0, 255, 0}));
  EXPECT_EQ(at(picture, 33, 10), (Rgb{100, 100, 100}));  // a ring is empty
  EXPECT_EQ(at(picture, 33, 4), (Rgb{0, 0, 255}));
}

TEST(Canvas, TranslucentShapesLetThePictureThrough) {
  Canvas canvas(grey(10, 10));
  canvas.disc({5, 5}, 3, "#ffffff", 0.5);
  EXPECT_NEAR(at(canvas.picture(), 5, 5)[0], 178, 1);
}

TEST(Canvas, ShapesAreClippedToThePicture) {
  Canvas canvas(grey(10, 10));
  canvas.line({-100, -100}, {200, 200}, 2, "#ffffff");
  canvas.disc({-50, 5}, 3, "#ff0000");
  EXPECT_EQ(at(canvas.picture(), 0, 9), (Rgb{100, 100, 100}));
  EXPECT_EQ(at(canvas.picture(), 5, 5), (Rgb{255, 255, 255}));
}

TEST(Canvas, ARectangleOfAPictureIsCropped) {
  data::Image picture = grey(5, 4);
  picture.pixels[std::size_t{3} * (2 * 5 + 3)] = 7;  // x 3, y 2
  const data::Image part = cropped(picture, 2, 1, 3, 2);
  EXPECT_EQ(part.width, 3);
  EXPECT_EQ(part.height, 2);
  EXPECT_EQ(at(part, 1, 1)[0], 7);
  EXPECT_EQ(at(part, 0, 0)[0], 100);
}

TEST(Canvas, TwoPicturesArePlacedSideBySide) {
  const data::Image both = side_by_side(Canvas(grey(4, 3)).picture(), grey(6, 3), 2);
  EXPECT_EQ(both.width, 12);
  EXPECT_EQ(at(both, 3, 2), (Rgb{100, 100, 100}));
  EXPECT_EQ(at(both, 4, 2), (Rgb{255, 255, 255}));
  EXPECT_EQ(at(both, 6, 2), (Rgb{100, 100, 100}));
}

}  // namespace
}  // namespace pbn::drawing
