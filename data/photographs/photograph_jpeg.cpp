#include "data/photographs/photograph_jpeg.h"

#include <jerror.h>

#include <cstddef>

#include "base/error.h"
#include "data/photographs/jpeg_reports.h"

namespace pbn {
namespace {

struct Decoding : JpegDecompression {
  Decoding() : JpegDecompression(JpegWarnings::damage) {}

  // Whether the step went through. It must hold nothing with a destructor: longjmp leaves it from its middle.
  template <typename Step>
  bool carry_out(const Step& step) {
    if (setjmp(reports.back) != 0) return false;
    step(picture);
    return true;
  }
};

Error refusal(const Decoding& decoding, const std::string& where) {
  const char* const reason = decoding.reports.message;
  switch (decoding.reports.manager.msg_code) {
    case JWRN_JPEG_EOF:
    case JERR_INPUT_EMPTY:
    case JERR_INPUT_EOF:
      return data_error(where, copy_again, "is a JPEG that was cut short ({})", reason);
    case JERR_IMAGE_TOO_BIG:
      return data_error(where, make_smaller, "is larger than JPEGs are read ({})", reason);
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_NOTIMPL:
    case JERR_ARITH_NOTIMPL:
      return data_error(where, "convert it to PNG, or to an ordinary JPEG with 8 bits for each of its colours",
                        "is a JPEG of a kind that is not read ({})", reason);
    default:
      return data_error(where, copy_again, "is a damaged JPEG ({})", reason);
  }
}

bool has_inks(const jpeg_decompress_struct& picture) {
  return picture.jpeg_color_space == JCS_CMYK || picture.jpeg_color_space == JCS_YCCK;
}

// What the inks leave of white light. Adobe's programs store 255 for no ink, which their marker gives away.
void mix_inks(const JSAMPLE* inks, JDIMENSION width, bool no_ink_is_255, std::uint8_t* rgb) {
  for (JDIMENSION x = 0; x < width; ++x, inks += 4, rgb += 3) {
    const int black = no_ink_is_255 ? inks[3] : 255 - inks[3];
    for (int colour = 0; colour < 3; ++colour) {
      const int light = no_ink_is_255 ? inks[colour] : 255 - inks[colour];
      rgb[colour] = static_cast<std::uint8_t>((light * black + 127) / 255);
    }
  }
}

void decode_pixels(jpeg_decompress_struct& picture, std::uint8_t* pixels) {
  const bool inks = has_inks(picture);
  picture.out_color_space = inks ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(&picture);
  const std::size_t pitch = 3 * std::size_t{picture.output_width};
  const JSAMPARRAY row_of_inks = inks ? picture.mem->alloc_sarray(reinterpret_cast<j_common_ptr>(&picture), JPOOL_IMAGE,
                                                                  4 * picture.output_width, 1)
                                      : nullptr;  // libjpeg's own memory, which it frees after a jump too
  while (picture.output_scanline < picture.output_height) {
    JSAMPROW row = pixels + pitch * picture.output_scanline;
    jpeg_read_scanlines(&picture, inks ? row_of_inks : &row, 1);
    if (inks) mix_inks(row_of_inks[0], picture.output_width, picture.saw_Adobe_marker != 0, row);
  }
  jpeg_finish_decompress(&picture);
}

}  // namespace

Image decode_jpeg(std::string_view bytes, const std::string& where) {
  Decoding decoding;
  const bool has_header = decoding.carry_out([&](jpeg_decompress_struct& picture) {
    jpeg_mem_src(&picture, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    jpeg_read_header(&picture, TRUE);
  });
  if (!has_header) throw refusal(decoding, where);
  require_readable_size(decoding.picture.image_width, decoding.picture.image_height, where);
  Image image =
      blank_image(static_cast<int>(decoding.picture.image_width), static_cast<int>(decoding.picture.image_height));
  std::uint8_t* const pixels = image.pixels.data();
  if (!decoding.carry_out([&](jpeg_decompress_struct& picture) { decode_pixels(picture, pixels); })) {
    throw refusal(decoding, where);
  }
  return image;
}

}  // namespace pbn
