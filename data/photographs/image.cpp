#include "data/photographs/image.h"

#include <png.h>
#include <turbojpeg.h>

#include <algorithm>
#include <memory>

#include "base/error.h"
#include "base/files.h"
#include "data/photographs/photograph_jpeg.h"
#include "data/photographs/png_bits.h"
#include "data/photographs/unread_format.h"

namespace pbn {
namespace {

using JpegHandle = std::unique_ptr<void, int (*)(tjhandle)>;

constexpr std::int64_t most_pixels = std::int64_t{1} << 28;    // 2^14 x 2^14
constexpr std::int64_t longest_png_side = PNG_USER_WIDTH_MAX;  // libpng's own limit

struct PngHeader {
  std::int64_t width = 0, height = 0;
  int bits = 0;  // of each sample
};

// Zeros where the file is too short for one.
PngHeader png_header(std::string_view png) {
  if (png.size() < 25) return {};
  const auto side = [&](std::size_t at) {
    std::int64_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(png[at + i]);
    return value;
  };
  return {side(16), side(20), png[24]};
}

void require_readable(const PngHeader& header, const std::string& where) {
  if (std::max(header.width, header.height) > longest_png_side) {  // libpng would call it damaged
    throw data_error(where, make_smaller, "has {} x {} pixels; sides of more than {} are not read", header.width,
                     header.height, longest_png_side);
  }
  require_readable_size(header.width, header.height, where);
}

Image decode_png(std::string_view bytes, const std::string& where) {
  const PngHeader header = png_header(bytes);
  require_readable(header, where);
  if (header.bits == 16) return decode_png(png_in_8_bits(bytes, where), where);
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  const auto failure = [&] { return data_error(where, copy_again, "is a damaged PNG ({})", png.message); };
  if (png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()) == 0) throw failure();
  const std::unique_ptr<png_image, void (*)(png_image*)> owner(&png, png_image_free);
  png.format = PNG_FORMAT_RGB;
  Image image = blank_image(static_cast<int>(png.width), static_cast<int>(png.height));
  const png_color black{};
  if (png_image_finish_read(&png, &black, image.pixels.data(), 0, nullptr) == 0) throw failure();
  return image;
}

}  // namespace

const char* const copy_again = "copy the image again, or leave it out by --skip-bad";
const char* const make_smaller = "make it smaller, or leave it out by --skip-bad";

void require_readable_size(std::int64_t width, std::int64_t height, const std::string& where) {
  if (width < 1 || height < 1) throw data_error(where, copy_again, "claims to have {} x {} pixels", width, height);
  if (width <= most_pixels / height) return;
  throw data_error(where, make_smaller, "has {} x {} pixels; more than {} ({} x {}) are not read", width, height,
                   most_pixels, 1 << 14, 1 << 14);
}

Image blank_image(int width, int height) {
  return {
      width, height,
      std::vector<std::uint8_t>(std::size_t{3} * static_cast<std::size_t>(width) * static_cast<std::size_t>(height))};
}

Image read_image(const std::filesystem::path& file) { return decode_image(read_file(file), file.string()); }

Image decode_image(std::string_view bytes, const std::string& where) {
  if (bytes.starts_with("\xFF\xD8")) return decode_jpeg(bytes, where);
  if (bytes.starts_with("\x89PNG")) return decode_png(bytes, where);
  const FileKind kind = unread_format(bytes, where);
  if (!kind.name.empty()) throw data_error(where, kind.hint, "is {}, not a JPEG or PNG image", kind.name);
  throw data_error(where, copy_again, "is neither a JPEG nor a PNG image ({} bytes)", bytes.size());
}

std::string encode_jpeg(const Image& image, int quality) {
  const JpegHandle encoder(tjInitCompress(), tjDestroy);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  const int status = tjCompress2(encoder.get(), image.pixels.data(), image.width, 0, image.height, TJPF_RGB, &bytes,
                                 &size, TJSAMP_444, quality, TJFLAG_ACCURATEDCT);
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner(bytes, tjFree);
  if (status != 0) throw bug_error("JPEG", "", "cannot be encoded ({})", tjGetErrorStr2(encoder.get()));
  return {reinterpret_cast<const char*>(bytes), size};
}

std::string encode_png(const Image& image) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.width = static_cast<png_uint_32>(image.width);
  png.height = static_cast<png_uint_32>(image.height);
  png.format = PNG_FORMAT_RGB;
  std::string bytes(PNG_IMAGE_PNG_SIZE_MAX(png), '\0');
  png_alloc_size_t size = bytes.size();
  if (png_image_write_to_memory(&png, bytes.data(), &size, 0, image.pixels.data(), 0, nullptr) == 0) {
    throw bug_error("PNG", "", "cannot be encoded ({})", png.message);
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace pbn
