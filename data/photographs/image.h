// Images: decoding and encoding JPEG and PNG.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace pbn::data {

struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels;  // (height, width, 3) RGB
};

// A rectangle of an image's pixels.
struct Window {
  int left = 0, top = 0;
  int right = 0, bottom = 0;  // exclusive

  bool empty() const { return left >= right || top >= bottom; }
};

// Decodes a JPEG or PNG, recognised by content, of any bit depth and colour space to 8-bit sRGB; transparent pixels are
// blended onto black. The image is not turned (see data/photographs/orientation.h). Throws an environment error if the
// file cannot be read, and a data error if it has another format (which is named), is damaged as far as its format
// allows to detect it, is cut short, or has more than 2^28 pixels.
Image read_image(const std::filesystem::path& file);
Image decode_image(std::string_view bytes, const std::string& where);  // `where` is for errors

// For decoders. Throws data errors for sizes that are impossible or larger than that.
void require_readable_size(std::int64_t width, std::int64_t height, const std::string& where);
Image blank_image(int width, int height);  // black
extern const char* const copy_again;       // hints of these errors
extern const char* const make_smaller;

std::string encode_jpeg(const Image& image, int quality);  // quality: 1..100
std::string encode_png(const Image& image);

}  // namespace pbn::data
