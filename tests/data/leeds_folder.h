// Small folders in the layout of Leeds Sports Pose, for tests of preparing.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <vector>

#include "base/files.h"
#include "data/photographs/image.h"
#include "data/preparing/prepare.h"
#include "matlab_array.h"

namespace pbn::data {

// Joints of people in photographs of 60 x 100 pixels: part k is at (10 + k, 20 + 5 k) in MATLAB's convention, part 6 is
// occluded. The first index runs fastest.
inline std::vector<double> lsp_joints(int people) {
  std::vector<double> values;
  for (int n = 0; n < people; ++n) {
    for (int part = 0; part < 14; ++part) {
      values.insert(values.end(), {10.0 + part, 20.0 + 5 * part, part == 6 ? 1.0 : 0.0});
    }
  }
  return values;
}

inline std::string photograph_of_60_by_100() {
  return encode_jpeg({60, 100, std::vector<std::uint8_t>(60 * 100 * 3, 200)}, 90);
}

inline void write_photographs(const std::filesystem::path& folder, int people, int digits) {
  std::filesystem::create_directories(folder / "images");
  for (int n = 1; n <= people; ++n) {
    write_atomically(folder / "images" / fmt::format("im{:0{}}.jpg", n, digits), photograph_of_60_by_100());
  }
}

// People 1 to people / 2 are for training, the others for testing.
inline void write_lsp_folder(const std::filesystem::path& folder, int people) {
  write_photographs(folder, people, 4);
  add_matlab_array(folder / "joints.mat", "joints", {3, 14, static_cast<std::size_t>(people)}, lsp_joints(people),
                   MAT_COMPRESSION_ZLIB);
}

inline PhotographOptions options_for(const char* data_set, const std::filesystem::path& input) {
  PhotographOptions options;
  options.data_set = find_data_set(data_set);
  options.place.input = input;
  options.how.box_pixels = 64;
  options.how.show_progress = false;
  return options;
}

}  // namespace pbn::data
