#include "data/sources/oriented_photograph.h"

#include <fmt/format.h>

#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "data/photographs/orientation.h"

namespace pbn::data {
namespace {

std::string text_of(const std::optional<std::int64_t>& side) { return side ? fmt::format("{}", *side) : "?"; }

Error of_another_size(const std::filesystem::path& file, const StatedSize& stated, const Image& image, bool turns) {
  return data_error(file.string(), "give the photographs that were annotated, or leave out its people by --skip-bad",
                    "has {} x {} pixels{}, but its annotations are for {}", image.width, image.height,
                    turns ? fmt::format(" (turned by its EXIF note {} x {})", image.height, image.width) : "",
                    stated.text());
}

}  // namespace

bool StatedSize::fits(int photographs_width, int photographs_height) const {
  return width.value_or(photographs_width) == photographs_width &&
         height.value_or(photographs_height) == photographs_height;
}

std::string StatedSize::text() const { return text_of(width) + " x " + text_of(height); }

OrientedPhotograph read_oriented_photograph(const std::filesystem::path& file,
                                            const std::optional<StatedSize>& stated) {
  const std::string bytes = read_file(file);
  OrientedPhotograph photograph{decode_image(bytes, file.string())};
  if (!stated) return photograph;
  const Orientation orientation = camera_orientation(bytes);
  const Image& stored = photograph.image;
  const bool fits_stored = stated->fits(stored.width, stored.height);
  const bool fits_turned = swaps_sides(orientation) ? stated->fits(stored.height, stored.width) : fits_stored;
  if (!fits_stored && !fits_turned) throw of_another_size(file, *stated, stored, swaps_sides(orientation));
  if (!fits_stored) return {turned(std::move(photograph.image), orientation), Turning::turned};
  if (fits_turned && orientation != Orientation::top_left) {
    photograph.turning = Turning::undecided;
  } else if (!stated->width || !stated->height) {
    photograph.turning = Turning::unstated;
  }
  return photograph;
}

}  // namespace pbn::data
