// The pixels of a view (data/loading/augmentation.h): one pass from the crop to what the network sees.
#pragma once

#include <cstdint>
#include <span>

#include "data/loading/augmentation.h"
#include "data/photographs/image.h"

namespace pbn {

// The view's pixels, bilinear, black outside of the crop. crop (S, S, 3) -> input (P, P, 3), P = box_pixels.
// Coordinates, weights and colours are fixed-point numbers: the same bytes on every processor and for every set of
// vector instructions, within one grey level of bilinear sampling in floating point.
void warp(std::span<const std::uint8_t> crop, int crop_pixels, const View& view, std::span<std::uint8_t> input,
          int input_pixels);

// All the pixels of the crop that `warp` looks at: what lies outside of it need not be there.
Window window_of(const View& view, int crop_pixels, int input_pixels);

}  // namespace pbn
