// Reading photographs in the orientation of their annotations. Cameras note that a picture must be turned (EXIF); some
// annotation tools turn it and some do not, and the coordinates refer to what they showed. The stated size decides.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "data/photographs/image.h"

namespace pbn::data {

// Width and height of a photograph as its annotations state them, in pixels; nothing if not stated.
struct StatedSize {
  std::optional<std::int64_t> width, height;
  bool fits(int photographs_width, int photographs_height) const;  // compares the sides that are stated
  std::string text() const;                                        // "480 x 640", "? x 640"
  auto operator<=>(const StatedSize&) const = default;
};

enum class Turning : std::uint8_t {
  as_stored,
  turned,     // according to EXIF, because only then it has the stated size
  undecided,  // as stored; EXIF says to turn it, but the size fits both (square, by 180 degrees) or is not stated
  unstated,   // as stored; EXIF says nothing, and the size is not or only partly stated, so it was not checked
};

struct OrientedPhotograph {
  Image image;
  Turning turning = Turning::as_stored;
};

// Reads a photograph as stored if it then has the stated size, else turned if it has it then. Throws a data error with
// both sizes if neither fits, and the errors of read_image. Without `stated`: as stored, which is how MATLAB and the
// makers of MPII and LSP read photographs.
OrientedPhotograph read_oriented_photograph(const std::filesystem::path& file, const std::optional<StatedSize>& stated);

}  // namespace pbn::data
