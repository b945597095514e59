// Which way up a camera was held: EXIF's tag Orientation (0x0112), and turning pixels by it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "data/photographs/image.h"

namespace pbn {

// Where the stored picture's first row and first column are when the scene stands upright, numbered as in EXIF.
enum class Orientation : std::uint8_t {
  top_left = 1,      // stored upright
  top_right = 2,     // mirrored
  bottom_right = 3,  // turned by 180 degrees
  bottom_left = 4,   // upside down, mirrored
  left_top = 5,      // transposed
  right_top = 6,     // to be turned clockwise by 90 degrees; a telephone held upright
  right_bottom = 7,  // transposed along the other diagonal
  left_bottom = 8,   // to be turned anticlockwise by 90 degrees
};

// What a JPEG's first EXIF segment or a PNG's eXIf chunk says. Like browsers and OpenCV it takes whatever is missing,
// damaged or impossible for top_left; any bytes may be given.
Orientation camera_orientation(std::string_view file);

// Whether the upright picture is as wide as the stored one is high.
bool swaps_sides(Orientation orientation);

// The stored picture made upright.
Image turned(Image stored, Orientation orientation);

}  // namespace pbn
