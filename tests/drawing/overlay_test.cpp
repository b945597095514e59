#include "drawing/overlay.h"

#include <gmock/gmock.h>

namespace pbn::drawing {
namespace {

constexpr int side = 200;

// All joints are on one line across the picture, twelve pixels apart.
evaluation::FoundPerson in_a_row(double confidence) {
  evaluation::FoundPerson person;
  person.box = {0, 0, side, side};
  for (int part = 0; part < config::mpii16().size(); ++part) {
    person.joints.push_back({10.0 + 12 * part, 100});
    person.confidence.push_back(confidence);
  }
  return person;
}

// The sum of the differences to the grey background.
double change(const data::Image& picture) {
  double sum = 0;
  for (const std::uint8_t value : picture.pixels) sum += std::abs(value - 128.0);
  return sum;
}

data::Image picture_of(const evaluation::FoundPerson& person) {
  Canvas canvas({side, side, std::vector<std::uint8_t>(std::size_t{3} * side * side, 128)});
  draw_person(canvas, person, config::mpii16(), colours_by_side(config::mpii16()));
  return canvas.picture();
}

TEST(Overlay, OpacityFollowsConfidence) {
  EXPECT_GT(change(picture_of(in_a_row(1))), 1.2 * change(picture_of(in_a_row(0.5))));
  EXPECT_GT(change(picture_of(in_a_row(0))), 0);                                // never invisible
  EXPECT_EQ(change(picture_of(in_a_row(7))), change(picture_of(in_a_row(1))));  // peaks may be higher than the targets
}

TEST(Overlay, AJointHasTheColourOfItsPart) {
  const data::Image picture = picture_of(in_a_row(1));
  const std::size_t ankle = std::size_t{3} * (100 * side + 10);  // r-ankle: #d55e00
  EXPECT_EQ(picture.pixels[ankle], 0xd5);
  EXPECT_EQ(picture.pixels[ankle + 1], 0x5e);
  EXPECT_EQ(picture.pixels[ankle + 2], 0x00);
}

}  // namespace
}  // namespace pbn::drawing
