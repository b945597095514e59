// Which way round a photograph is taken when its annotations state its size. Cameras note that a picture is to be
// turned (EXIF); some tools for annotating turn it and some do not, and the annotations' coordinates are of what they
// showed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "data/photographs/image.h"

namespace pbn {

// A photograph's width and height as annotations state them, in their own pixels; nothing where they are silent.
struct StatedSize {
  std::optional<std::int64_t> width, height;
  bool fits(int photographs_width, int photographs_height) const;  // as far as it is stated
  std::string text() const;                                        // "480 x 640", "? x 640"
  auto operator<=>(const StatedSize&) const = default;
};

enum class Taken : std::uint8_t {
  as_stored,
  turned,     // by the camera's note: only so it has the stated size
  undecided,  // as stored: it is to be turned, but fits either way (a square, by 180 degrees, or no size is stated)
  unstated,   // as stored: nothing is to be turned, but its size is not stated, or half of it, so nothing was checked
};

struct TakenPhotograph {
  Image image;
  Taken taken = Taken::as_stored;
};

// As it is stored where that has the stated size, else turned where that has it. Throws a data error with both sizes
// where neither has, and what read_image throws. Without a stated size: as stored, as MATLAB and the makers of MPII and
// LSP read photographs.
TakenPhotograph take_photograph(const std::filesystem::path& file, const std::optional<StatedSize>& stated);

}  // namespace pbn
