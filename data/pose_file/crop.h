// Cutting the square around a person out of a photograph.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/photographs/image.h"
#include "data/pose_file/people.h"
#include "data/pose_file/pose_file.h"

namespace pbn::data {

// A person's box: a square in pixels of the photograph (continuous: pixel i covers [i, i+1)).
struct Box {
  double centre_x = 0;
  double centre_y = 0;
  double side = 0;
};

// Maps the box to the box_pixels x box_pixels in the middle of the crop. The rest of the crop shows the surroundings.
Affine crop_to_image(const Box& box, const PoseFileInfo& info);

// Resamples the photograph to the crop's pixels (S, S, 3), black outside the photograph. `crop_to_image` must scale x
// and y equally and not rotate. Enlarging is bilinear; reducing averages with a triangle filter two crop pixels wide,
// which avoids aliasing. Integer arithmetic gives the same bytes on every processor.
void cut_crop(const Image& image, const Affine& crop_to_image, int crop_pixels, std::span<std::uint8_t> crop);

struct CroppedPerson {
  Person person;
  std::vector<std::uint8_t> crop;  // (S, S, 3) RGB
};

}  // namespace pbn::data
