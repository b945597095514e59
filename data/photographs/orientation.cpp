#include "data/photographs/orientation.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/files.h"

namespace pbn {
namespace {

// Numbers at any place of hostile bytes; beyond the end they are 0.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes, bool big_endian = true) : bytes_(bytes), big_endian_(big_endian) {}

  std::uint32_t number(std::size_t at, std::size_t width) const {
    if (at > bytes_.size() || bytes_.size() - at < width) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      const std::size_t next = big_endian_ ? i : width - 1 - i;
      value = value << 8 | static_cast<unsigned char>(bytes_[at + next]);
    }
    return value;
  }

 private:
  std::string_view bytes_;
  bool big_endian_;
};

std::string_view part_of(std::string_view bytes, std::size_t at, std::size_t count) {
  return at < bytes.size() ? bytes.substr(at, count) : std::string_view();
}

constexpr std::string_view exif_mark("Exif\0", 5);  // and one more byte, which is 0 or a fill

// EXIF is a small TIFF file whose first directory has the tag.
Orientation orientation_in_tiff(std::string_view tiff) {
  constexpr std::uint32_t orientation_tag = 0x0112, type_short = 3;
  const bool big_endian = tiff.starts_with(std::string_view("MM\0*", 4));
  if (!big_endian && !tiff.starts_with(std::string_view("II*\0", 4))) return Orientation::top_left;
  const Bytes bytes(tiff, big_endian);
  const std::size_t directory = bytes.number(4, 4);
  const std::uint32_t entries = bytes.number(directory, 2);
  for (std::uint32_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + std::size_t{12} * i;
    if (bytes.number(entry, 2) != orientation_tag) continue;
    const bool is_one_short = bytes.number(entry + 2, 2) == type_short && bytes.number(entry + 4, 4) == 1;
    const std::uint32_t value = bytes.number(entry + 8, 2);
    return is_one_short && value >= 1 && value <= 8 ? Orientation{static_cast<std::uint8_t>(value)}
                                                    : Orientation::top_left;
  }
  return Orientation::top_left;
}

// Segments up to the first scan. Stray bytes between them are passed over, as libjpeg does.
Orientation orientation_in_jpeg(std::string_view jpeg) {
  constexpr unsigned char start_of_scan = 0xDA, end_of_image = 0xD9, app1 = 0xE1;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(jpeg[at]); };
  std::size_t at = 2;
  while (true) {
    while (at < jpeg.size() && byte(at) != 0xFF) ++at;
    while (at < jpeg.size() && byte(at) == 0xFF) ++at;
    if (at >= jpeg.size()) return Orientation::top_left;
    const unsigned char marker = byte(at++);
    if (marker == start_of_scan || marker == end_of_image) return Orientation::top_left;
    const bool stands_alone = marker <= 0x01 || (marker >= 0xD0 && marker <= 0xD8);
    if (stands_alone) continue;
    const std::size_t length = Bytes(jpeg).number(at, 2);
    if (length < 2) return Orientation::top_left;
    const std::string_view content = part_of(jpeg, at + 2, length - 2);
    if (marker == app1 && content.starts_with(exif_mark)) return orientation_in_tiff(part_of(content, 6, length));
    at += length;
  }
}

Orientation orientation_in_png(std::string_view png) {
  std::size_t at = 8;
  while (at < png.size()) {
    const std::size_t length = Bytes(png).number(at, 4);
    const std::string_view type = part_of(png, at + 4, 4), content = part_of(png, at + 8, length);
    if (type == "eXIf") return orientation_in_tiff(content.starts_with(exif_mark) ? content.substr(6) : content);
    at += 12 + length;  // with its check sum
  }
  return Orientation::top_left;
}

}  // namespace

Orientation camera_orientation(std::string_view file) {
  if (file.starts_with("\xFF\xD8")) return orientation_in_jpeg(file);
  if (file.starts_with("\x89PNG")) return orientation_in_png(file);
  return Orientation::top_left;
}

bool swaps_sides(Orientation orientation) { return orientation >= Orientation::left_top; }

Image turned(Image stored, Orientation orientation) {
  if (orientation == Orientation::top_left) return stored;
  const std::ptrdiff_t right = 3, down = std::ptrdiff_t{3} * stored.width;
  const std::ptrdiff_t last_column = right * (stored.width - 1), last_row = down * (stored.height - 1);
  std::ptrdiff_t first = 0, across = right, along = down;  // steps in the stored picture for x and y of the upright one
  switch (orientation) {
    case Orientation::top_left:
      break;
    case Orientation::top_right:
      first = last_column, across = -right;
      break;
    case Orientation::bottom_right:
      first = last_column + last_row, across = -right, along = -down;
      break;
    case Orientation::bottom_left:
      first = last_row, along = -down;
      break;
    case Orientation::left_top:
      across = down, along = right;
      break;
    case Orientation::right_top:
      first = last_row, across = -down, along = right;
      break;
    case Orientation::right_bottom:
      first = last_column + last_row, across = -down, along = -right;
      break;
    case Orientation::left_bottom:
      first = last_column, across = down, along = -right;
      break;
  }
  Image upright{stored.width, stored.height, std::vector<std::uint8_t>(stored.pixels.size())};
  if (swaps_sides(orientation)) std::swap(upright.width, upright.height);
  std::uint8_t* pixel = upright.pixels.data();
  for (int y = 0; y < upright.height; ++y) {
    for (int x = 0; x < upright.width; ++x) {
      pixel = std::copy_n(stored.pixels.data() + first + y * along + x * across, 3, pixel);
    }
  }
  return upright;
}

}  // namespace pbn
