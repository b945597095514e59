#include "data/loading/warp.h"

#include <cmath>
#include <cstddef>
#include <cstring>

#include "base/error.h"
#include "data/loading/warp_fixed.h"

namespace pbn::data {
namespace fixed {
namespace {

constexpr int map_bits = 32;  // fraction bits of the six numbers of the map

std::int64_t rounded(std::int64_t value, int bits) { return (value + (std::int64_t{1} << (bits - 1))) >> bits; }

// Number of bits for every integer coordinate of the crop.
int whole_bits(int crop_pixels) {
  int bits = 1;
  while (crop_pixels >> bits != 0) ++bits;
  return bits;
}

}  // namespace

FixedView::FixedView(const View& view, int crop_pixels) : coordinate_bits(31 - whole_bits(crop_pixels)) {
  const Affine& m = view.input_to_crop;
  const auto integer = [](double value, int bits) { return std::llround(std::ldexp(value, bits)); };
  for (const std::size_t i : {0, 1}) {
    const double across = m[3 * i], along = m[3 * i + 1];
    // Coordinates are relative to pixel centres.
    corner[i] = {integer((across + along) / 2 + m[3 * i + 2] - 0.5, map_bits), integer(across, map_bits)};
    down[i] = integer(along, map_bits);
  }
  for (std::size_t i = 0; i < 3; ++i) {
    colour[i] = static_cast<std::int16_t>(integer(std::clamp(view.colour[i], 0.0F, 2.0F), colour_bits));
  }
}

Line FixedView::line(std::size_t coordinate, int row) const {
  const int bits = map_bits - coordinate_bits;
  return {rounded(corner[coordinate].start + down[coordinate] * row, bits), rounded(corner[coordinate].step, bits)};
}

void warp_interior_one_by_one(const InteriorRow& row) {
  const auto pitch = 3 * static_cast<std::size_t>(row.crop_pixels);
  for (int column = row.columns.first; column < row.columns.last; ++column) {
    const std::int64_t x = row.x.at(column), y = row.y.at(column);
    const std::uint8_t* top = row.crop + static_cast<std::size_t>(y >> row.coordinate_bits) * pitch +
                              static_cast<std::size_t>(x >> row.coordinate_bits) * 3;
    blend(top, top + 3, top + pitch, top + pitch + 3, weight(x, row.coordinate_bits), weight(y, row.coordinate_bits),
          row.colour, row.pixels + std::ptrdiff_t{3} * column);
  }
}

}  // namespace fixed

namespace {

using namespace fixed;

std::int64_t divided_up(std::int64_t numerator, std::int64_t positive) {
  return numerator >= 0 ? (numerator + positive - 1) / positive : -(-numerator / positive);
}

// The columns within `among` where low <= line < high.
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

class RowWarper {
 public:
  RowWarper(const std::uint8_t* crop, int crop_pixels, const FixedView& view)
      : crop_(crop), side_(crop_pixels), view_(view) {}

  // Warps row `row` of the input, (P, 3).
  void warp(int row, int input_pixels, std::uint8_t* pixels) const {
    const Line x = view_.line(0, row), y = view_.line(1, row);
    const auto both_between = [&](std::int64_t low, std::int64_t high, Columns among) {
      return columns_between(y, low << view_.coordinate_bits, high << view_.coordinate_bits,
                             columns_between(x, low << view_.coordinate_bits, high << view_.coordinate_bits, among));
    };
    const Columns touching = both_between(-1, side_, {0, input_pixels});  // at least one neighbour is in the crop
    const Columns inside = both_between(0, side_ - 1, touching);          // all four neighbours are in the crop
    std::memset(pixels, 0, 3 * static_cast<std::size_t>(touching.first));
    edge(x, y, {touching.first, inside.first}, pixels);
    warp_interior({crop_, side_, view_.coordinate_bits, x, y, inside, view_.colour, pixels});
    edge(x, y, {inside.last, touching.last}, pixels);
    std::memset(pixels + std::ptrdiff_t{3} * touching.last, 0,
                3 * static_cast<std::size_t>(input_pixels - touching.last));
  }

 private:
  void edge(const Line& x, const Line& y, Columns columns, std::uint8_t* pixels) const {
    for (int column = columns.first; column < columns.last; ++column) {
      const std::int64_t u = x.at(column), v = y.at(column);
      const std::int64_t left = u >> view_.coordinate_bits, top = v >> view_.coordinate_bits;
      blend(neighbour(left, top), neighbour(left + 1, top), neighbour(left, top + 1), neighbour(left + 1, top + 1),
            weight(u, view_.coordinate_bits), weight(v, view_.coordinate_bits), view_.colour,
            pixels + std::ptrdiff_t{3} * column);
    }
  }

  const std::uint8_t* neighbour(std::int64_t x, std::int64_t y) const {
    static constexpr std::uint8_t black[3] = {0, 0, 0};
    return x >= 0 && x < side_ && y >= 0 && y < side_ ? crop_ + (y * side_ + x) * 3 : black;
  }

  const std::uint8_t* crop_;  // (S, S, 3)
  int side_;                  // S
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
  const FixedView fixed(view, crop_pixels);
  const RowWarper rows(crop.data(), crop_pixels, fixed);
  const auto pitch = static_cast<std::size_t>(input_pixels) * 3;
  for (int row = 0; row < input_pixels; ++row) {
    rows.warp(row, input_pixels, input.data() + static_cast<std::size_t>(row) * pitch);
  }
}

Window window_of(const View& view, int crop_pixels, int input_pixels) {
  const FixedView fixed(view, crop_pixels);
  const auto range = [&](std::size_t coordinate) {
    const Line first = fixed.line(coordinate, 0), last = fixed.line(coordinate, input_pixels - 1);
    const auto [least, greatest] =
        std::minmax({first.at(0), first.at(input_pixels - 1), last.at(0), last.at(input_pixels - 1)});
    const auto pixel = [&](std::int64_t value) {
      return static_cast<int>(std::clamp<std::int64_t>(value >> fixed.coordinate_bits, -2, crop_pixels));
    };
    return std::pair(std::max(pixel(least), 0), std::min(pixel(greatest) + 2, crop_pixels));
  };
  const auto [left, right] = range(0);
  const auto [top, bottom] = range(1);
  return {left, top, right, bottom};
}

}  // namespace pbn::data
