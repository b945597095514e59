#include "data/loading/mean_colour.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/data/small_pose_file.h"

namespace pbn::data {
namespace {

// Two people on one colour each; the margin around their boxes is white.
TEST(MeanColour, IsThatOfTheBoxesWithoutTheirMargins) {
  const TemporaryFolder folder;
  const PoseFileInfo info = small_info();
  PoseFileWriter writer(folder / "people.h5", info, 2);
  for (const int person : {0, 1}) {
    std::vector<std::uint8_t> crop(std::size_t{3} * crop_side * crop_side, 255);
    const int edge = (crop_side - info.box_pixels) / 2;
    for (int y = edge; y < edge + info.box_pixels; ++y) {
      for (int x = edge; x < edge + info.box_pixels; ++x) {
        const std::array<int, 3> colour{person == 0 ? 51 : 0, 102, person == 0 ? 0 : 255};
        for (std::size_t channel = 0; channel < 3; ++channel) {
          crop[static_cast<std::size_t>(3 * (y * crop_side + x)) + channel] =
              static_cast<std::uint8_t>(colour[channel]);
        }
      }
    }
    writer.add(random_person(info, static_cast<std::uint32_t>(person)), crop);
  }
  writer.finish();
  const PoseSet people(PoseFile(folder / "people.h5"));
  for (const int threads : {1, 3}) EXPECT_EQ(mean_colour(people, threads), (std::array{0.1, 0.4, 0.5}));
}

}  // namespace
}  // namespace pbn::data
