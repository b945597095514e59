// The interior of a row with vector instructions, compiled once per instruction set; the best one is chosen at run time
// (Highway's manual: "dynamic dispatch"). `blend` in warp_fixed.h defines the bytes.
#include <cstddef>
#include <cstring>

#include "data/loading/warp_fixed.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "data/loading/warp_vectors.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace pbn::data::fixed::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

void interior(const InteriorRow& row) { warp_interior_one_by_one(row); }

#else

namespace hn = hwy::HWY_NAMESPACE;

// Gather instructions are slow on many processors. Instead, a run of columns passes through three short loops with
// buffers that stay in the L1 cache: offsets and weights, loads, arithmetic.
constexpr std::size_t run_columns = 256;
constexpr std::size_t slack = 64;  // the last vector may extend beyond the run

struct Run {
  alignas(64) std::uint32_t offsets[run_columns + slack];      // byte offset of the upper left neighbour
  alignas(64) std::uint32_t weights[run_columns + slack];      // lower << 16 | right
  alignas(64) std::uint8_t top[8 * (run_columns + slack)];     // upper left and right pixel: RGBRGB--
  alignas(64) std::uint8_t bottom[8 * (run_columns + slack)];  // lower left and right pixel: --RGBRGB
  alignas(64) std::uint8_t pixels[3 * run_columns + slack];
};

void compute_offsets(const InteriorRow& row, int first, std::size_t columns, Run& run) {
  const hn::ScalableTag<std::uint32_t> d;
  const auto line_from = [&](const Line& line) {
    const auto step = hn::Set(d, static_cast<std::uint32_t>(line.step));
    return hn::Add(hn::Mul(hn::Iota(d, 0), step), hn::Set(d, static_cast<std::uint32_t>(line.at(first))));
  };
  auto x = line_from(row.x), y = line_from(row.y);
  const auto advance = [&](const Line& line) {
    return hn::Set(d, static_cast<std::uint32_t>(line.step) * static_cast<std::uint32_t>(hn::Lanes(d)));
  };
  const auto advance_x = advance(row.x), advance_y = advance(row.y);
  const auto pitch = hn::Set(d, static_cast<std::uint32_t>(row.crop_pixels) * 3), three = hn::Set(d, 3u);
  const auto mask = hn::Set(d, (1u << weight_bits) - 1);
  const int bits = row.coordinate_bits;
  for (std::size_t i = 0; i < columns; i += hn::Lanes(d)) {
    const auto left = hn::ShiftRightSame(x, bits), above = hn::ShiftRightSame(y, bits);
    hn::Store(hn::Add(hn::Mul(above, pitch), hn::Mul(left, three)), d, run.offsets + i);
    const auto right_weight = hn::And(hn::ShiftRightSame(x, bits - weight_bits), mask);
    const auto lower_weight = hn::And(hn::ShiftRightSame(y, bits - weight_bits), mask);
    hn::Store(hn::Or(right_weight, hn::ShiftLeft<16>(lower_weight)), d, run.weights + i);
    x = hn::Add(x, advance_x);
    y = hn::Add(y, advance_y);
  }
}

// Loads eight bytes per pixel. Those of the lower row start two bytes early, so that no load reaches beyond the crop.
// The number of loads and stores limits the speed of this loop.
void load_neighbours(const InteriorRow& row, std::size_t columns, Run& run) {
  const hn::CappedTag<std::uint8_t, 8> eight;
  const hn::CappedTag<std::uint8_t, 16> sixteen;
  const std::size_t below = 3 * static_cast<std::size_t>(row.crop_pixels) - 2;
  run.offsets[columns] = run.offsets[0];  // pairs with the last column if their number is odd
  for (std::size_t i = 0; i < columns; i += 2) {
    const std::uint8_t *first = row.crop + run.offsets[i], *second = row.crop + run.offsets[i + 1];
    const auto top = hn::Combine(sixteen, hn::LoadU(eight, second), hn::LoadU(eight, first));
    const auto bottom = hn::Combine(sixteen, hn::LoadU(eight, second + below), hn::LoadU(eight, first + below));
    hn::Store(top, sixteen, run.top + 8 * i);
    hn::Store(bottom, sixteen, run.bottom + 8 * i);
  }
}

// Stores three of the four bytes of each pixel. Overwrites up to a vector of bytes beyond them.
template <class D, class V>
void store_without_fourth(D bytes, V levels, std::uint8_t* pixels) {
  alignas(16) static constexpr std::uint8_t three_of_four[16] = {0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 0, 0, 0, 0};
  alignas(16) static constexpr std::uint8_t of_two_pixels[16] = {0, 1, 2, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  const auto pattern = hn::LoadDup128(bytes, hn::MaxLanes(bytes) < 16 ? of_two_pixels : three_of_four);
  const auto packed = hn::TableLookupBytes(levels, pattern);
  if constexpr (hn::MaxLanes(bytes) <= 16) {
    hn::StoreU(packed, bytes, pixels);
  } else {  // every 16 bytes end in four unused bytes
    const hn::Repartition<std::uint32_t, D> words;
    alignas(64) std::int32_t order[hn::MaxLanes(words)] = {};
    for (std::size_t i = 0; i < hn::Lanes(words) * 3 / 4; ++i) order[i] = static_cast<std::int32_t>(i / 3 * 4 + i % 3);
    const auto together = hn::TableLookupLanes(hn::BitCast(words, packed), hn::SetTableIndices(words, order));
    hn::StoreU(hn::BitCast(bytes, together), bytes, pixels);
  }
}

void blend_run(const InteriorRow& row, std::size_t columns, Run& run) {
  const hn::ScalableTag<std::int16_t> d;  // four lanes for each pixel: R, G, B and unused
  const hn::Repartition<std::uint8_t, decltype(d)> bytes;
  const hn::Repartition<std::uint64_t, decltype(d)> wide;
  const hn::Rebind<std::uint32_t, decltype(wide)> half_wide;
  const hn::Rebind<std::uint8_t, decltype(d)> half_bytes;
  constexpr std::uint8_t no = 0x80;  // produces zero
  // Each byte goes into the upper half of 16 bits and is shifted down to pixel_bits of fraction.
  alignas(16) static constexpr std::uint8_t left_of_top[16] = {no, 0, no, 1, no, 2,  no, no,
                                                               no, 8, no, 9, no, 10, no, no};
  alignas(16) static constexpr std::uint8_t right_of_top[16] = {no, 3,  no, 4,  no, 5,  no, no,
                                                                no, 11, no, 12, no, 13, no, no};
  alignas(16) static constexpr std::uint8_t left_of_bottom[16] = {no, 2,  no, 3,  no, 4,  no, no,
                                                                  no, 10, no, 11, no, 12, no, no};
  alignas(16) static constexpr std::uint8_t right_of_bottom[16] = {no, 5,  no, 6,  no, 7,  no, no,
                                                                   no, 13, no, 14, no, 15, no, no};
  alignas(16) static constexpr std::uint8_t to_right[16] = {0, 1, 0, 1, 0, 1, 0, 1, 8, 9, 8, 9, 8, 9, 8, 9};
  alignas(16) static constexpr std::uint8_t to_lower[16] = {2, 3, 2, 3, 2, 3, 2, 3, 10, 11, 10, 11, 10, 11, 10, 11};
  alignas(16) const std::int16_t colours[8] = {row.colour[0], row.colour[1], row.colour[2], 0,
                                               row.colour[0], row.colour[1], row.colour[2], 0};
  const auto pattern = [&](const std::uint8_t* of) { return hn::LoadDup128(bytes, of); };
  const auto top_left = pattern(left_of_top), top_right = pattern(right_of_top);
  const auto bottom_left = pattern(left_of_bottom), bottom_right = pattern(right_of_bottom);
  const auto right_weights = pattern(to_right), lower_weights = pattern(to_lower);
  const auto colour = hn::LoadDup128(d, colours);

  const std::size_t pixels = hn::Lanes(wide);  // in one vector
  const hn::Repartition<std::uint16_t, decltype(d)> unsigned16;
  const auto channels = [&](auto from, auto of) {
    const auto placed = hn::BitCast(unsigned16, hn::TableLookupBytesOr0(from, of));
    return hn::BitCast(d, hn::ShiftRight<8 - pixel_bits>(placed));
  };
  const auto between = [&](auto from, auto to, auto weight) {
    return hn::Add(from, hn::MulFixedPoint15(hn::Sub(to, from), weight));
  };
  for (std::size_t i = 0; i < columns; i += pixels) {
    const auto top = hn::Load(bytes, run.top + 8 * i), bottom = hn::Load(bytes, run.bottom + 8 * i);
    const auto weights = hn::BitCast(bytes, hn::PromoteTo(wide, hn::Load(half_wide, run.weights + i)));
    const auto right = hn::BitCast(d, hn::TableLookupBytes(weights, right_weights));
    const auto lower = hn::BitCast(d, hn::TableLookupBytes(weights, lower_weights));
    const auto left_side = between(channels(top, top_left), channels(bottom, bottom_left), lower);
    const auto right_side = between(channels(top, top_right), channels(bottom, bottom_right), lower);
    const auto levels = hn::MulFixedPoint15(between(left_side, right_side, right), colour);
    store_without_fourth(half_bytes, hn::DemoteTo(half_bytes, levels), run.pixels + 3 * i);
  }
}

void interior(const InteriorRow& row) {
  Run run;  // uninitialised: each loop reads only what the previous one wrote
  for (int first = row.columns.first; first < row.columns.last; first += static_cast<int>(run_columns)) {
    const std::size_t columns = std::min<std::size_t>(run_columns, static_cast<std::size_t>(row.columns.last - first));
    compute_offsets(row, first, columns, run);
    load_neighbours(row, columns, run);
    blend_run(row, columns, run);
    std::memcpy(row.pixels + 3 * static_cast<std::size_t>(first), run.pixels, 3 * columns);
  }
}

#endif

}  // namespace pbn::data::fixed::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pbn::data::fixed {

HWY_EXPORT(interior);

void warp_interior(const InteriorRow& row) { HWY_DYNAMIC_DISPATCH(interior)(row); }

}  // namespace pbn::data::fixed
#endif
