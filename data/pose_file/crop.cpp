#include "data/pose_file/crop.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.h"

namespace pbn::data {
namespace {

// The photograph pixels first .. first + weights.size() - 1 along an axis that make up one pixel of the crop.
struct Taps {
  int first = 0;
  std::vector<std::uint32_t> weights;  // sum to `one`, less the weights of pixels outside the photograph (black)
};

constexpr std::uint32_t one = 1 << 15;

// Crop coordinate c is scale * c + offset in the photograph.
std::vector<Taps> taps_along(double scale, double offset, int crop_pixels, int image_pixels) {
  const double reach = std::max(scale, 1.0);  // half the width of the triangle, in photograph pixels
  std::vector<Taps> taps(crop_pixels);
  for (int c = 0; c < crop_pixels; ++c) {
    const double centre = scale * (c + 0.5) + offset;
    if (!(centre + reach > 0 && centre - reach < image_pixels)) continue;
    const int first = static_cast<int>(std::ceil(centre - reach - 0.5));
    const int last = static_cast<int>(std::floor(centre + reach - 0.5));
    std::vector<double> shares;
    double sum = 0;
    for (int i = first; i <= last; ++i) sum += shares.emplace_back(1 - std::abs(i + 0.5 - centre) / reach);
    // Rounding the running sum instead of each weight keeps the total at exactly `one`.
    double running = 0;
    std::uint32_t given = 0;
    taps[c].first = std::max(first, 0);
    for (int i = first; i <= last; ++i) {
      running += shares[i - first];
      const auto target = static_cast<std::uint32_t>(std::lround(running / sum * one));
      if (i >= 0 && i < image_pixels) taps[c].weights.push_back(target - given);
      given = target;
    }
  }
  return taps;
}

// One row of the photograph, resampled to the crop's width: (S, 3) fixed-point values with 8 fraction bits.
void resample_row(const std::uint8_t* row, const std::vector<Taps>& columns, std::uint16_t* result) {
  for (const Taps& taps : columns) {
    std::uint32_t red = 0, green = 0, blue = 0;
    const std::uint8_t* pixel = row + 3 * std::ptrdiff_t{taps.first};
    for (const std::uint32_t weight : taps.weights) {
      red += weight * pixel[0];
      green += weight * pixel[1];
      blue += weight * pixel[2];
      pixel += 3;
    }
    *result++ = static_cast<std::uint16_t>(red >> 7);
    *result++ = static_cast<std::uint16_t>(green >> 7);
    *result++ = static_cast<std::uint16_t>(blue >> 7);
  }
}

}  // namespace

Affine crop_to_image(const Box& box, const PoseFileInfo& info) {
  if (!(box.side > 0) || !std::isfinite(box.side))
    throw data_error("", "", "the box has a side of {} pixels", box.side);
  const double scale = box.side / info.box_pixels;
  const double half = info.crop_pixels() / 2.0;
  return {scale, 0, box.centre_x - scale * half, 0, scale, box.centre_y - scale * half};
}

void cut_crop(const Image& image, const Affine& map, int crop_pixels, std::span<std::uint8_t> crop) {
  const std::vector<Taps> columns = taps_along(map[0], map[2], crop_pixels, image.width);
  const std::vector<Taps> rows = taps_along(map[4], map[5], crop_pixels, image.height);
  const std::size_t width = 3 * static_cast<std::size_t>(crop_pixels);

  // Each row of the photograph is resampled once, while the window of rows that a crop row needs moves down.
  std::vector<std::vector<std::uint16_t>> resampled(image.height);
  std::vector<std::uint32_t> sums(width);
  int oldest = 0;
  for (int c = 0; c < crop_pixels; ++c) {
    std::fill(sums.begin(), sums.end(), one << 7);  // half of the last place: rounds to nearest
    for (std::size_t tap = 0; tap < rows[c].weights.size(); ++tap) {
      const int y = rows[c].first + static_cast<int>(tap);
      if (resampled[y].empty()) {
        resampled[y].resize(width);
        resample_row(image.pixels.data() + static_cast<std::size_t>(y) * image.width * 3, columns, resampled[y].data());
      }
      const std::uint32_t weight = rows[c].weights[tap];
      const std::uint16_t* values = resampled[y].data();
      for (std::size_t i = 0; i < width; ++i) sums[i] += weight * values[i];
    }
    std::uint8_t* result = crop.data() + c * width;
    for (std::size_t i = 0; i < width; ++i) result[i] = static_cast<std::uint8_t>(sums[i] >> 23);
    for (; !rows[c].weights.empty() && oldest < rows[c].first; ++oldest) {
      resampled[oldest] = {};  // not needed any more
    }
  }
}

}  // namespace pbn::data
