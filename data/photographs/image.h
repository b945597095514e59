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

// A rectangle of an image's pixels.
struct Window {
  int left = 0, top = 0;
  int right = 0, bottom = 0;  // excluded

  bool empty() const { return left >= right || top >= bottom; }
};

// JPEG or PNG, recognised by content, of any number of bits and any colours: as 8 bits of RGB for a screen (sRGB), on
// black where it is transparent. As stored: whoever wants the photograph as its camera was held turns it
// (data/photographs/orientation.h). Throws environment errors when the file cannot be read, and a data error when it is
// neither, and then says what it is; when it is damaged, as far as its format lets it be seen, ends before its last
// pixel, or has more than 2^28 pixels.
Image read_image(const std::filesystem::path& file);
Image decode_image(std::string_view bytes, const std::string& where);  // `where` is named in errors

// For decoders. Throws data errors for sizes that are impossible, or larger than that.
void require_readable_size(std::int64_t width, std::int64_t height, const std::string& where);
Image blank_image(int width, int height);  // black
extern const char* const copy_again;       // hints of such errors
extern const char* const make_smaller;

std::string encode_jpeg(const Image& image, int quality);  // quality: 1..100
std::string encode_png(const Image& image);

}  // namespace pbn
