// Resampling a crop to a view of it (data/loading/augmentation.h), in one pass.
#pragma once

#include <cstdint>
#include <span>

#include "data/loading/augmentation.h"
#include "data/photographs/image.h"

namespace pbn::data {

// Samples the view bilinearly, black outside the crop: crop (S, S, 3) -> input (P, P, 3), P = box_pixels. Fixed-point
// arithmetic gives the same bytes on every processor and instruction set, within one grey level of bilinear sampling in
// floating point.
void warp(std::span<const std::uint8_t> crop, int crop_pixels, const View& view, std::span<std::uint8_t> input,
          int input_pixels);

// The part of the crop that `warp` reads; pixels outside it need not be valid.
Window window_of(const View& view, int crop_pixels, int input_pixels);

}  // namespace pbn::data
