// Drawing on pictures: smooth, translucent lines, discs and rings, by cairo.
//
// All other drawing is SVG. `pbn predict` writes each photograph again under its own name, as JPEG or PNG at full
// resolution and without any program beside it, which only pixels can be.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "data/photographs/image.h"

namespace pbn {

class Canvas {
 public:
  using Point = std::array<double, 2>;  // pixels, continuous: pixel i covers [i, i+1)

  explicit Canvas(const Image& picture);
  ~Canvas();
  Canvas(Canvas&&) noexcept;
  Canvas& operator=(Canvas&&) noexcept;

  // Colours as "#d55e00"; opacity 0..1. Lines end squarely. What lies outside of the picture is cut off.
  void line(const Point& from, const Point& to, double width, const std::string& colour, double opacity = 1);
  void disc(const Point& centre, double radius, const std::string& colour, double opacity = 1);
  void ring(const Point& centre, double radius, double width, const std::string& colour, double opacity = 1);

  Image picture() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The part of a picture that begins at (left, top); it must lie inside.
Image cropped(const Image& picture, int left, int top, int width, int height);

// Pictures of one height next to each other, with a white strip in between.
Image side_by_side(const Image& left, const Image& right, int gap_pixels);

}  // namespace pbn
