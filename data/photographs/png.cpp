#include "data/photographs/png.h"

#include <png.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "base/error.h"

namespace pbn::data {
namespace {

constexpr std::int64_t longest_png_side = PNG_USER_WIDTH_MAX;  // libpng's own limit

struct PngHeader {
  std::int64_t width = 0, height = 0;
  int bits = 0;  // per sample
};

// Zeros if the file is too short.
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

// State of libpng's reader and writer. Errors jump to png_jmpbuf.
struct Streams {
  std::string_view unread;
  std::string written;
  std::string problem;
};

[[noreturn]] void on_error(png_structp png, png_const_charp message) {
  static_cast<Streams*>(png_get_error_ptr(png))->problem = message;
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}  // about chunks without pixels

void read_some(png_structp png, png_bytep data, std::size_t count) {
  auto& unread = static_cast<Streams*>(png_get_io_ptr(png))->unread;
  if (unread.size() < count) png_error(png, "it ends early");
  std::memcpy(data, unread.data(), count);
  unread.remove_prefix(count);
}

void write_some(png_structp png, png_bytep data, std::size_t count) {
  static_cast<Streams*>(png_get_io_ptr(png))->written.append(reinterpret_cast<const char*>(data), count);
}

struct Reader {
  explicit Reader(Streams& streams)
      : png(png_create_read_struct(PNG_LIBPNG_VER_STRING, &streams, on_error, on_warning)),
        info(png_create_info_struct(png)) {
    png_set_read_fn(png, &streams, read_some);
  }
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  png_structp png;
  png_infop info;
};

struct Writer {
  explicit Writer(Streams& streams)
      : png(png_create_write_struct(PNG_LIBPNG_VER_STRING, &streams, on_error, on_warning)),
        info(png_create_info_struct(png)) {
    png_set_write_fn(png, &streams, write_some, nullptr);
  }
  ~Writer() { png_destroy_write_struct(&png, &info); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  png_structp png;
  png_infop info;
};

// Returns false after an error, like the functions below.
bool read_header(Reader& reader) {
  if (setjmp(png_jmpbuf(reader.png)) != 0) return false;
  png_read_info(reader.png, reader.info);
  if (png_get_valid(reader.png, reader.info, PNG_INFO_tRNS) != 0) png_set_tRNS_to_alpha(reader.png);
  png_set_scale_16(reader.png);
  png_set_interlace_handling(reader.png);
  png_read_update_info(reader.png, reader.info);
  return true;
}

bool read_rows(Reader& reader, png_bytepp rows) {
  if (setjmp(png_jmpbuf(reader.png)) != 0) return false;
  png_read_image(reader.png, rows);
  return true;
}

bool write_all(Writer& writer, Reader& reader, png_bytepp rows) {
  if (setjmp(png_jmpbuf(writer.png)) != 0) return false;
  png_set_IHDR(writer.png, writer.info, png_get_image_width(reader.png, reader.info),
               png_get_image_height(reader.png, reader.info), 8, png_get_color_type(reader.png, reader.info),
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_fixed_point gamma = 0;
  if (png_get_gAMA_fixed(reader.png, reader.info, &gamma) != 0) png_set_gAMA_fixed(writer.png, writer.info, gamma);
  int intent = 0;
  if (png_get_sRGB(reader.png, reader.info, &intent) != 0) png_set_sRGB(writer.png, writer.info, intent);
  png_set_compression_level(writer.png, 0);
  png_set_filter(writer.png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
  png_write_info(writer.png, writer.info);
  png_write_image(writer.png, rows);
  png_write_end(writer.png, writer.info);
  return true;
}

// Converts a PNG with 16 bits per sample to an equivalent one with 8: samples are scaled, the gamma is kept. libpng
// would blend transparency and correct gamma in 16 bits, which gives other pixels than the same picture in 8 bits.
std::string png_in_8_bits(std::string_view png, const std::string& where) {
  Streams streams{png, {}, {}};
  Reader reader(streams);
  const auto damage = [&] { return data_error(where, copy_again, "is a damaged PNG ({})", streams.problem); };
  if (!read_header(reader)) throw damage();
  const std::size_t pitch = png_get_rowbytes(reader.png, reader.info);
  std::vector<png_byte> samples(pitch * png_get_image_height(reader.png, reader.info));
  std::vector<png_bytep> rows;
  for (std::size_t at = 0; at < samples.size(); at += pitch) rows.push_back(&samples[at]);
  if (!read_rows(reader, rows.data())) throw damage();
  Writer writer(streams);
  if (!write_all(writer, reader, rows.data())) throw bug_error("PNG", "", "cannot be encoded ({})", streams.problem);
  return std::move(streams.written);
}

}  // namespace

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

}  // namespace pbn::data
