// Painting smooth, antialiased shapes for synthetic people. Every shape is a signed distance function.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/random.h"

namespace pbn::data::synthetic {

using Point = std::array<double, 2>;   // pixels, continuous
using Colour = std::array<double, 3>;  // red, green, blue, 0..255; may exceed the range until the picture is finished

struct Picture {
  int side;
  std::vector<Colour> pixels;  // (side, side)

  explicit Picture(int pixels_to_a_side) : side(pixels_to_a_side), pixels(static_cast<std::size_t>(side) * side) {}
};

// A shape has a signed distance in pixels (negative inside) and a bounding box.
struct Extent {
  Point low, high;
};

// A line with round ends whose radius changes linearly from start_radius to end_radius.
struct Capsule {
  Point start, end;
  double start_radius, end_radius;

  double distance(Point p) const;
  double across(Point p) const;  // -1 at one side of the line, 1 at the other
  Extent extent() const;
};

struct Ellipse {
  Point centre;
  double half_width, half_height;
  double angle;  // radians, clockwise on the screen

  double distance(Point p) const;
  Extent extent() const;
};

// A simple polygon whose outline is moved outwards by `rounding`.
struct Polygon {
  std::vector<Point> corners;
  double rounding = 0;

  double distance(Point p) const;
  Extent extent() const;
};

// Blends colour(point, distance) onto the pixels that the shape covers.
template <typename Shape, typename Paint>
void paint(Picture& picture, const Shape& shape, double opacity, const Paint& colour) {
  const auto [low, high] = shape.extent();
  const auto pixel = [&](double position) {
    return static_cast<int>(std::clamp(position, 0.0, static_cast<double>(picture.side)));
  };
  for (int y = pixel(low[1] - 1); y < pixel(high[1] + 2); ++y) {
    for (int x = pixel(low[0] - 1); x < pixel(high[0] + 2); ++x) {
      const Point point{x + 0.5, y + 0.5};
      const double distance = shape.distance(point);
      const double covered = opacity * std::clamp(0.5 - distance, 0.0, 1.0);
      if (covered <= 0) continue;
      const Colour over = colour(point, distance);
      Colour& under = picture.pixels[static_cast<std::size_t>(y) * picture.side + x];
      for (int c = 0; c < 3; ++c) under[c] += covered * (over[c] - under[c]);
    }
  }
}

template <typename Shape>
void paint(Picture& picture, const Shape& shape, double opacity, const Colour& colour) {
  paint(picture, shape, opacity, [&](Point, double) { return colour; });
}

Colour scaled(const Colour& colour, double factor);
Colour mixed(const Colour& one, const Colour& other, double share_of_other);

struct Range {
  double low, high;
};
Colour random_colour(Random& random, Range saturation, Range value);  // of any hue; ranges are within 0..1

}  // namespace pbn::data::synthetic
