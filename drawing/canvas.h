// Draws anti-aliased, translucent lines, discs and rings on pictures, through cairo.
//
// All other drawings are SVG. `pbn predict` writes annotated photographs as JPEG or PNG at full resolution without
// calling another program, and so needs to draw pixels.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "data/photographs/image.h"

namespace pbn::drawing {

class Canvas {
 public:
  using Point = std::array<double, 2>;  // pixels, continuous: pixel i covers [i, i+1)

  explicit Canvas(const data::Image& picture);
  ~Canvas();
  Canvas(Canvas&&) noexcept;
  Canvas& operator=(Canvas&&) noexcept;

  // Colours are "#d55e00"; opacity is 0..1. Lines have butt ends. Shapes are clipped to the picture.
  void line(const Point& from, const Point& to, double width, const std::string& colour, double opacity = 1);
  void disc(const Point& centre, double radius, const std::string& colour, double opacity = 1);
  void ring(const Point& centre, double radius, double width, const std::string& colour, double opacity = 1);

  data::Image picture() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The red, green and blue of a colour such as "#d55e00", 0..255.
std::array<double, 3> rgb_of(const std::string& colour);

// A rectangle of a picture with the corner (left, top); it must lie inside.
data::Image cropped(const data::Image& picture, int left, int top, int width, int height);

// Two pictures of equal height next to each other, with a white gap between them.
data::Image side_by_side(const data::Image& left, const data::Image& right, int gap_pixels);

}  // namespace pbn::drawing
