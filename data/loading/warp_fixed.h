// A view as integers, and what they mean: the definition of the bytes that data/loading/warp.h promises. warp.cpp
// follows it pixel by pixel, warp_vectors.cpp many pixels at once.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "data/loading/augmentation.h"

namespace pbn::fixed {

inline constexpr int weight_bits = 15;  // fraction of a pixel that the bilinear weights resolve
inline constexpr int pixel_bits = 5;    // fraction of a grey level between the steps of blending
inline constexpr int colour_bits = 10;  // fraction of a colour factor: a product with it is a whole grey level
static_assert(pixel_bits + colour_bits == 15);

// A coordinate of the crop along one row of the input; whole numbers are pixel centres.
struct Line {
  std::int64_t start, step;

  std::int64_t at(std::int64_t column) const { return start + step * column; }
};

// Input columns [first, last).
struct Columns {
  int first, last;
};

// The view's map and colours. Coordinates have as many bits of fraction as fit into 32 bits with the crop's side, so
// that the error of a step does not add up to anything along a row.
struct FixedView {
  int coordinate_bits;
  std::array<Line, 2> corner;        // x and y of the crop along the input's row 0, 32 bits of fraction
  std::array<std::int64_t, 2> down;  // what a row adds to them
  std::array<std::int16_t, 3> colour;

  FixedView(const View& view, int crop_pixels);

  Line line(std::size_t coordinate, int row) const;  // 0: x, 1: y; coordinate_bits of fraction
};

// Products of two numbers below 1 in 16 bits, as the instruction pmulhrsw makes them.
inline int product(int a, int b) { return (a * b + (1 << 14)) >> 15; }

// Of the right or lower neighbour.
inline int weight(std::int64_t coordinate, int coordinate_bits) {
  return static_cast<int>(coordinate >> (coordinate_bits - weight_bits)) & ((1 << weight_bits) - 1);
}

// Four neighbours, (3) each, by the weights of the right and the lower ones, coloured.
inline void blend(const std::uint8_t* top_left, const std::uint8_t* top_right, const std::uint8_t* bottom_left,
                  const std::uint8_t* bottom_right, int right, int lower, const std::array<std::int16_t, 3>& colour,
                  std::uint8_t* pixel) {
  constexpr int one = 1 << pixel_bits;
  for (std::size_t c = 0; c < 3; ++c) {
    const int left_side = top_left[c] * one + product((bottom_left[c] - top_left[c]) * one, lower);
    const int right_side = top_right[c] * one + product((bottom_right[c] - top_right[c]) * one, lower);
    const int value = left_side + product(right_side - left_side, right);
    pixel[c] = static_cast<std::uint8_t>(std::min(product(value, colour[c]), 255));
  }
}

// What `columns` of one row show; all four neighbours of each lie in the crop.
struct InteriorRow {
  const std::uint8_t* crop;  // (S, S, 3)
  int crop_pixels;           // S
  int coordinate_bits;
  Line x, y;
  Columns columns;
  std::array<std::int16_t, 3> colour;
  std::uint8_t* pixels;  // (P, 3), the whole row
};

void warp_interior(const InteriorRow& row);             // with the best instructions that this processor has
void warp_interior_one_by_one(const InteriorRow& row);  // the same bytes, without vector instructions

}  // namespace pbn::fixed
