// Photographs: JPEG and PNG to pixels and back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace pbn {

struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels;  // (height, width, 3) RGB
};

// JPEG or PNG, recognised by content. A camera's note about orientation is passed over, as the annotations of all our
// data sets do. Throws environment errors when the file cannot be read, and a data error when it is neither, is
// damaged, or ends before its last pixel.
Image read_image(const std::filesystem::path& file);
Image decode_image(std::string_view bytes, const std::string& where);  // `where` is named in errors

std::string encode_jpeg(const Image& image, int quality);  // quality: 1..100
std::string encode_png(const Image& image);

}  // namespace pbn
