#include "data/loading/mean_colour.h"

#include <cstdint>
#include <vector>

#include "base/parallel.h"

namespace pbn::data {
namespace {

using ColourSums = std::array<std::int64_t, 3>;

ColourSums sums_of_box(const PoseSet& people, std::int64_t person) {
  const int crop = people.info(person).crop_pixels(), box = people.input_pixels(), edge = (crop - box) / 2;
  std::vector<std::uint8_t> pixels(std::size_t{3} * static_cast<std::size_t>(crop) * static_cast<std::size_t>(crop));
  people.read_crop(person, {edge, edge, edge + box, edge + box}, pixels);
  ColourSums sums{};
  for (int y = edge; y < edge + box; ++y) {
    for (int x = edge; x < edge + box; ++x) {
      const std::size_t pixel =
          3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(crop) + static_cast<std::size_t>(x));
      for (std::size_t channel = 0; channel < 3; ++channel) sums[channel] += pixels[pixel + channel];
    }
  }
  return sums;
}

}  // namespace

std::array<double, 3> mean_colour(const PoseSet& people, int threads) {
  ColourSums all{};
  in_order(
      people.size(), threads, [&](std::int64_t person) { return sums_of_box(people, person); },
      [&](const ColourSums& sums) {
        for (std::size_t channel = 0; channel < 3; ++channel) all[channel] += sums[channel];
      });
  const double pixels = static_cast<double>(people.size()) * people.input_pixels() * people.input_pixels();
  std::array<double, 3> mean{};
  for (std::size_t channel = 0; channel < 3; ++channel)
    mean[channel] = static_cast<double>(all[channel]) / (255 * pixels);
  return mean;
}

}  // namespace pbn::data
