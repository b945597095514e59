#include "data/image.h"

#include <png.h>
#include <turbojpeg.h>

#include <memory>

#include "base/error.h"
#include "base/files.h"

namespace pbn {
namespace {

constexpr const char* copy_again = "copy the image again, or leave it out";
constexpr std::int64_t most_pixels = std::int64_t{1} << 28;  // more is a damaged header, not a photograph

using JpegHandle = std::unique_ptr<void, int (*)(tjhandle)>;

const unsigned char* unsigned_bytes(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Image blank_image(std::int64_t width, std::int64_t height, const std::string& where) {
  if (width < 1 || height < 1 || width * height > most_pixels) {
    throw data_error(where, copy_again, "claims to have {} x {} pixels", width, height);
  }
  return {static_cast<int>(width), static_cast<int>(height), std::vector<std::uint8_t>(width * height * 3)};
}

Image decode_jpeg(std::string_view bytes, const std::string& where) {
  const JpegHandle decoder(tjInitDecompress(), tjDestroy);
  const auto failure = [&] { return std::string(tjGetErrorStr2(decoder.get())); };
  int width = 0, height = 0, subsampling = 0, colours = 0;
  if (tjDecompressHeader3(decoder.get(), unsigned_bytes(bytes), bytes.size(), &width, &height, &subsampling,
                          &colours) != 0) {
    throw data_error(where, copy_again, "is a damaged JPEG ({})", failure());
  }
  Image image = blank_image(width, height, where);
  const int status = tjDecompress2(decoder.get(), unsigned_bytes(bytes), bytes.size(), image.pixels.data(), width, 0,
                                   height, TJPF_RGB, TJFLAG_ACCURATEDCT);
  if (status == 0) return image;
  // The decoder fills what is missing with grey and calls it a warning. Other warnings, such as stray bytes between
  // segments, are common in photographs from the web and harmless.
  const bool ends_early = failure().find("remature end") != std::string::npos;
  if (ends_early) throw data_error(where, copy_again, "is a JPEG that was cut short ({})", failure());
  if (tjGetErrorCode(decoder.get()) != TJERR_WARNING) {
    throw data_error(where, copy_again, "is a JPEG that cannot be decoded ({})", failure());
  }
  return image;
}

Image decode_png(std::string_view bytes, const std::string& where) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  const auto failure = [&] {
    const std::string reason = png.message;
    png_image_free(&png);
    return data_error(where, copy_again, "is a damaged PNG ({})", reason);
  };
  if (png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()) == 0) throw failure();
  png.format = PNG_FORMAT_RGB;
  if (static_cast<std::int64_t>(png.width) * png.height > most_pixels) png_image_free(&png);
  Image image = blank_image(png.width, png.height, where);
  const png_color black{};
  if (png_image_finish_read(&png, &black, image.pixels.data(), 0, nullptr) == 0) throw failure();
  return image;
}

}  // namespace

Image read_image(const std::filesystem::path& file) { return decode_image(read_file(file), file.string()); }

Image decode_image(std::string_view bytes, const std::string& where) {
  if (bytes.starts_with("\xFF\xD8")) return decode_jpeg(bytes, where);
  if (bytes.starts_with("\x89PNG")) return decode_png(bytes, where);
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
