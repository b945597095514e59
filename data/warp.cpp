// The pixels of a view (data/augmentation.h). Everything after the rounding of the map's six numbers is integer
// arithmetic, so that training sees the same bytes wherever it runs.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "data/augmentation.h"

namespace pbn {
namespace {

constexpr int coordinate_bits = 16;  // fraction of a coordinate while it steps along a row
constexpr int weight_bits = 8;       // fraction of a pixel that the bilinear weights resolve
constexpr int colour_bits = 12;      // fraction of a colour factor
constexpr std::int64_t one = std::int64_t{1} << coordinate_bits;

// A coordinate of the crop along one row of the input; whole numbers are pixel centres.
struct Line {
  std::int64_t start, step;

  std::int64_t at(std::int64_t x) const { return start + step * x; }
};

// Input columns [first, last).
struct Columns {
  int first, last;
};

std::int64_t divided_up(std::int64_t numerator, std::int64_t positive) {
  return numerator >= 0 ? (numerator + positive - 1) / positive : -(-numerator / positive);
}

// The columns of `among` at which low <= line < high.
Columns columns_between(const Line& line, std::int64_t low, std::int64_t high, Columns among) {
  std::int64_t first = among.first, last = among.last;
  if (line.step > 0) {
    first = divided_up(low - line.start, line.step);
    last = divided_up(high - line.start, line.step);
  } else if (line.step < 0) {
    first = divided_up(line.start - high + 1, -line.step);
    last = divided_up(line.start - low + 1, -line.step);
  } else if (line.start < low || line.start >= high) {
    last = first;
  }
  const auto clamped = [&](std::int64_t column) {
    return static_cast<int>(std::clamp<std::int64_t>(column, among.first, among.last));
  };
  return {clamped(first), std::max(clamped(first), clamped(last))};
}

// The view's map and colours as integers.
struct FixedView {
  std::array<std::int64_t, 6> input_to_crop;  // 2 * coordinate_bits of fraction, between pixel centres
  std::array<std::uint32_t, 3> colour;

  explicit FixedView(const View& view) {
    const Affine& m = view.input_to_crop;
    const std::array<double, 6> centres{m[0], m[1], (m[0] + m[1]) / 2 + m[2] - 0.5,
                                        m[3], m[4], (m[3] + m[4]) / 2 + m[5] - 0.5};
    for (std::size_t i = 0; i < 6; ++i) input_to_crop[i] = std::llround(std::ldexp(centres[i], 2 * coordinate_bits));
    for (std::size_t i = 0; i < 3; ++i) {
      const double factor = std::clamp(static_cast<double>(view.colour[i]), 0.0, 2.0);
      colour[i] = static_cast<std::uint32_t>(std::lround(std::ldexp(factor, colour_bits)));
    }
  }

  // Coordinate 0 (x) or 1 (y) of the crop along row y; half a weight is added, so that weights round to nearest.
  Line line(std::size_t coordinate, int y) const {
    const auto* m = &input_to_crop[3 * coordinate];
    constexpr std::int64_t half_weight = one >> (weight_bits + 1);
    return {((m[1] * y + m[2] + one / 2) >> coordinate_bits) + half_weight, (m[0] + one / 2) >> coordinate_bits};
  }
};

// Four neighbours, (3) each, blended by the fractions of the coordinates and coloured.
void blend(const std::uint8_t* top_left, const std::uint8_t* top_right, const std::uint8_t* bottom_left,
           const std::uint8_t* bottom_right, std::uint32_t x, std::uint32_t y,
           const std::array<std::uint32_t, 3>& colour, std::uint8_t* pixel) {
  constexpr std::uint32_t full = 1u << weight_bits;
  const std::uint32_t right = (x >> (coordinate_bits - weight_bits)) & (full - 1), left = full - right;
  const std::uint32_t below = (y >> (coordinate_bits - weight_bits)) & (full - 1), above = full - below;
  for (std::size_t c = 0; c < 3; ++c) {
    const std::uint32_t value =
        (top_left[c] * left + top_right[c] * right) * above + (bottom_left[c] * left + bottom_right[c] * right) * below;
    constexpr int fraction = weight_bits + colour_bits;  // 8 bits of the 16 are dropped first: 32 bits hold the rest
    const std::uint32_t coloured = ((value >> weight_bits) * colour[c] + (1u << (fraction - 1))) >> fraction;
    pixel[c] = static_cast<std::uint8_t>(std::min(coloured, 255u));
  }
}

class RowWarper {
 public:
  RowWarper(const std::uint8_t* crop, int crop_pixels, const FixedView& view)
      : crop_(crop), side_(crop_pixels), view_(view) {}

  // Row y of the input, (P, 3).
  void warp(int y, int input_pixels, std::uint8_t* row) const {
    const Line u = view_.line(0, y), v = view_.line(1, y);
    const std::int64_t last_whole = (side_ - 1) * one;  // from here on the right or lower neighbour is outside
    const Columns inside =
        columns_between(v, 0, last_whole, columns_between(u, 0, last_whole, Columns{0, input_pixels}));
    edge(u, v, {0, inside.first}, row);
    interior(u, v, inside, row);
    edge(u, v, {inside.last, input_pixels}, row);
  }

 private:
  // All four neighbours of every column lie in the crop, and coordinates fit into 32 bits.
  void interior(const Line& u, const Line& v, Columns columns, std::uint8_t* row) const {
    auto x = static_cast<std::uint32_t>(u.at(columns.first)), y = static_cast<std::uint32_t>(v.at(columns.first));
    const auto step_x = static_cast<std::uint32_t>(u.step), step_y = static_cast<std::uint32_t>(v.step);
    const auto pitch = static_cast<std::size_t>(side_) * 3;
    for (int column = columns.first; column < columns.last; ++column, x += step_x, y += step_y) {
      const std::uint8_t* top = crop_ + (y >> coordinate_bits) * pitch + (x >> coordinate_bits) * 3;
      blend(top, top + 3, top + pitch, top + pitch + 3, x, y, view_.colour, row + column * 3);
    }
  }

  void edge(const Line& u, const Line& v, Columns columns, std::uint8_t* row) const {
    for (int column = columns.first; column < columns.last; ++column) {
      const std::int64_t x = u.at(column), y = v.at(column);
      const std::int64_t left = x >> coordinate_bits, top = y >> coordinate_bits;
      blend(neighbour(left, top), neighbour(left + 1, top), neighbour(left, top + 1), neighbour(left + 1, top + 1),
            static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y), view_.colour, row + column * 3);
    }
  }

  const std::uint8_t* neighbour(std::int64_t x, std::int64_t y) const {
    static constexpr std::uint8_t black[3] = {0, 0, 0};
    return x >= 0 && x < side_ && y >= 0 && y < side_ ? crop_ + (y * side_ + x) * 3 : black;
  }

  const std::uint8_t* crop_;  // (S, S, 3)
  std::int64_t side_;         // S
  const FixedView& view_;
};

}  // namespace

void warp(std::span<const std::uint8_t> crop, int crop_pixels, const View& view, std::span<std::uint8_t> input,
          int input_pixels) {
  const auto bytes = [](int side) { return static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3; };
  if (crop_pixels < 2 || crop_pixels >= (1 << 15) || crop.size() != bytes(crop_pixels) ||
      input.size() != bytes(input_pixels)) {
    throw bug_error("warp", "", "{} and {} bytes are not crops of {} and {} pixels", crop.size(), input.size(),
                    crop_pixels, input_pixels);
  }
  const FixedView fixed(view);
  const RowWarper rows(crop.data(), crop_pixels, fixed);
  const auto pitch = static_cast<std::size_t>(input_pixels) * 3;
  for (int y = 0; y < input_pixels; ++y) rows.warp(y, input_pixels, input.data() + static_cast<std::size_t>(y) * pitch);
}

}  // namespace pbn
