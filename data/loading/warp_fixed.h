// A view in fixed-point numbers: this defines the bytes of data/loading/warp.h. warp.cpp computes them pixel by pixel,
// warp_vectors.cpp many pixels at once.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "data/loading/augmentation.h"

namespace pbn::data::fixed {

inline constexpr int weight_bits = 15;  // fraction bits of the bilinear weights
inline constexpr int pixel_bits = 5;    // fraction bits of a grey level while blending
inline constexpr int colour_bits = 10;  // fraction bits of a colour factor: the product is in whole grey levels
static_assert(pixel_bits + colour_bits == 15);

// A coordinate of the crop along one row of the input; integers are pixel centres.
struct Line {
  std::int64_t start, step;

  std::int64_t at(std::int64_t column) const { return start + step * column; }
};

// Input columns [first, last).
struct Columns {
  int first, last;
};

// The map and colours of a view. Coordinates have as many fraction bits as fit into 32 bits beside the crop's side, so
// that the rounding of a step stays negligible along a row.
struct FixedView {
  int coordinate_bits;
  std::array<Line, 2> corner;        // crop x and y along row 0 of the input, 32 fraction bits
  std::array<std::int64_t, 2> down;  // increment from row to row
  std::array<std::int16_t, 3> colour;

  FixedView(const View& view, int crop_pixels);

  Line line(std::size_t coordinate, int row) const;  // 0: x, 1: y; with coordinate_bits fraction bits
};

// Product of two 16-bit fractions, rounded as by the instruction pmulhrsw.
inline int product(int a, int b) { return (a * b + (1 << 14)) >> 15; }

// Weight of the right or lower neighbour.
inline int weight(std::int64_t coordinate, int coordinate_bits) {
  return static_cast<int>(coordinate >> (coordinate_bits - weight_bits)) & ((1 << weight_bits) - 1);
}

// Blends four neighbours, (3) each, with the weights of the right and the lower ones, and applies the colour factors.
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

// The `columns` of one row whose four neighbours are all in the crop.
struct InteriorRow {
  const std::uint8_t* crop;  // (S, S, 3)
  int crop_pixels;           // S
  int coordinate_bits;
  Line x, y;
  Columns columns;
  std::array<std::int16_t, 3> colour;
  std::uint8_t* pixels;  // (P, 3), the entire row
};

void warp_interior(const InteriorRow& row);             // uses the best instructions of this processor
void warp_interior_one_by_one(const InteriorRow& row);  // the same bytes without vector instructions

}  // namespace pbn::data::fixed
