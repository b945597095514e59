// The orientation of the camera, EXIF tag 0x0112, and turning images by it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "data/photographs/image.h"

namespace pbn::data {

// Where the first row and first column of the stored image are in the upright scene; values as in EXIF.
enum class Orientation : std::uint8_t {
  top_left = 1,      // stored upright
  top_right = 2,     // mirrored
  bottom_right = 3,  // turned by 180 degrees
  bottom_left = 4,   // upside down, mirrored
  left_top = 5,      // transposed
  right_top = 6,     // must be turned clockwise by 90 degrees; a telephone held upright
  right_bottom = 7,  // transposed along the other diagonal
  left_bottom = 8,   // must be turned anticlockwise by 90 degrees
};

// Reads the first EXIF segment of a JPEG or the eXIf chunk of a PNG. Returns top_left, as browsers and OpenCV do, if
// the tag is missing, damaged or out of range. Any bytes are safe.
Orientation camera_orientation(std::string_view file);

// Whether turning exchanges width and height.
bool swaps_sides(Orientation orientation);

// Turns a stored image upright.
Image turned(Image stored, Orientation orientation);

}  // namespace pbn::data
