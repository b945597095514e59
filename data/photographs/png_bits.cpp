#include "data/photographs/png_bits.h"

#include <png.h>

#include <cstring>
#include <vector>

#include "base/error.h"
#include "data/photographs/image.h"

namespace pbn {
namespace {

// What both libpng's reader and its writer are given. They jump to png_jmpbuf.
struct Streams {
  std::string_view unread;
  std::string written;
  std::string problem;
};

[[noreturn]] void on_error(png_structp png, png_const_charp message) {
  static_cast<Streams*>(png_get_error_ptr(png))->problem = message;
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}  // of chunks that say nothing about pixels

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

// False after an error; so with the others.
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

}  // namespace

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

}  // namespace pbn
