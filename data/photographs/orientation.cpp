#include "data/photographs/orientation.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/files.h"

namespace pbn::data {
namespace {

// The number at an offset of untrusted bytes; 0 beyond their end.
std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t width, bool big_endian = true) {
  if (at > bytes.size() || bytes.size() - at < width) return 0;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + (big_endian ? i : width - 1 - i)]);
  }
  return value;
}

std::string_view part_of(std::string_view bytes, std::size_t at, std::size_t count) {
  return at < bytes.size() ? bytes.substr(at, count) : std::string_view();
}

constexpr std::string_view exif_mark("Exif\0", 5);  // followed by one more byte, 0 or padding

// EXIF is a small TIFF file; its first directory contains the tag.
Orientation orientation_in_tiff(std::string_view tiff) {
  constexpr std::uint32_t orientation_tag = 0x0112, type_short = 3;
  const bool big_endian = tiff.starts_with(std::string_view("MM\0*", 4));
  if (!big_endian && !tiff.starts_with(std::string_view("II*\0", 4))) return Orientation::top_left;
  const auto number = [&](std::size_t at, std::size_t width) { return number_at(tiff, at, width, big_endian); };
  const std::size_t directory = number(4, 4);
  const std::uint32_t entries = number(directory, 2);
  for (std::uint32_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + std::size_t{12} * i;
    if (number(entry, 2) != orientation_tag) continue;
    const bool is_one_short = number(entry + 2, 2) == type_short && number(entry + 4, 4) == 1;
    const std::uint32_t value = number(entry + 8, 2);
    return is_one_short && value >= 1 && value <= 8 ? Orientation{static_cast<std::uint8_t>(value)}
                                                    : Orientation::top_left;
  }
  return Orientation::top_left;
}

// Searches the segments before the first scan and skips stray bytes between them, as libjpeg does.
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
    const std::size_t length = number_at(jpeg, at, 2);
    if (length < 2) return Orientation::top_left;
    const std::string_view content = part_of(jpeg, at + 2, length - 2);
    if (marker == app1 && content.starts_with(exif_mark)) return orientation_in_tiff(part_of(content, 6, length));
    at += length;
  }
}

Orientation orientation_in_png(std::string_view png) {
  std::size_t at = 8;
  while (at < png.size()) {
    const std::size_t length = number_at(png, at, 4);
    const std::string_view type = part_of(png, at + 4, 4), content = part_of(png, at + 8, length);
    if (type == "eXIf") return orientation_in_tiff(content.starts_with(exif_mark) ? content.substr(6) : content);
    at += 12 + length;  // with its checksum
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
  using enum Orientation;
  const auto is_one_of = [&](std::initializer_list<Orientation> some) {
    return std::find(some.begin(), some.end(), orientation) != some.end();
  };
  const bool from_right = is_one_of({top_right, bottom_right, right_bottom, left_bottom});
  const bool from_bottom = is_one_of({bottom_right, bottom_left, right_top, right_bottom});
  const std::ptrdiff_t pitch = std::ptrdiff_t{3} * stored.width;
  const std::ptrdiff_t first = (from_right ? pitch - 3 : 0) + (from_bottom ? pitch * (stored.height - 1) : 0);
  std::ptrdiff_t across = from_right ? -3 : 3, along = from_bottom ? -pitch : pitch;  // steps per upright x and y
  if (swaps_sides(orientation)) std::swap(across, along);
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

}  // namespace pbn::data
