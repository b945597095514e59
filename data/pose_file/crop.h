// Cutting a person's square out of a photograph.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/photographs/image.h"
#include "data/pose_file/people.h"
#include "data/pose_file/pose_file.h"

namespace pbn {

// A person's box: a square in pixels of the photograph (continuous: pixel i covers [i, i+1)).
struct Box {
  double centre_x = 0;
  double centre_y = 0;
  double side = 0;
};

// The box becomes the box_pixels x box_pixels in the middle of the crop; the rest of the crop is what lies around it.
// Exact inverse: inverse(crop_to_image(box, info)).
Affine crop_to_image(const Box& box, const PoseFileInfo& info);

// The crop's pixels (S, S, 3), black beyond the photograph. `crop_to_image` scales equally in x and y and does not
// turn. Enlarging is bilinear; reducing averages with a triangle as wide as two crop pixels, so that nothing aliases.
// Integer arithmetic: the same bytes on every processor.
void cut_crop(const Image& image, const Affine& crop_to_image, int crop_pixels, std::span<std::uint8_t> crop);

struct CroppedPerson {
  Person person;
  std::vector<std::uint8_t> crop;  // (S, S, 3) RGB
};

}  // namespace pbn
