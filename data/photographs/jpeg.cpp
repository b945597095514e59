#include "data/photographs/jpeg.h"

#include <jerror.h>
#include <turbojpeg.h>

#include <csetjmp>
#include <cstddef>
#include <cstdio>  // jpeglib.h needs it

#include <jpeglib.h>

#include "base/error.h"

namespace pbn::data {
namespace {

// The libjpeg warnings that are treated as errors.
enum class FatalWarnings {
  damage,  // those after which libjpeg invents pixels: grey for missing data, noise for inconsistent data
  all,     // for files that only programs write
};

// libjpeg reports errors by callbacks that must not return. Errors, and warnings that are treated as errors, jump to
// `back`, with their text in `message` and their number (jerror.h) in manager.msg_code. A function that calls setjmp
// must not hold objects with destructors.
struct JpegReports {
  jpeg_error_mgr manager;  // first, because libjpeg passes only its address
  std::jmp_buf back;
  FatalWarnings fatal;
  char message[JMSG_LENGTH_MAX];
};

JpegReports& reports_of(j_common_ptr picture) { return *reinterpret_cast<JpegReports*>(picture->err); }

[[noreturn]] void jump_back(j_common_ptr picture) {
  JpegReports& reports = reports_of(picture);
  reports.manager.format_message(picture, reports.message);
  std::longjmp(reports.back, 1);
}

// Warnings that are common in photographs from the web. Extra bytes before a restart marker mean that the interval
// before it is damaged; elsewhere they are padding.
bool is_harmless(const jpeg_error_mgr& warning) {
  const int marker = warning.msg_parm.i[1];
  const bool is_restart = marker >= 0xD0 && marker <= 0xD7;
  switch (warning.msg_code) {
    case JWRN_EXTRANEOUS_DATA:
      return !is_restart;
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_ICC:
    case JWRN_JFIF_MAJOR:
    case JWRN_NOT_SEQUENTIAL:
      return true;
    default:
      return false;
  }
}

void warn(j_common_ptr picture, int level) {
  const JpegReports& reports = reports_of(picture);
  const bool is_warning = level < 0;
  if (is_warning && !(reports.fatal == FatalWarnings::damage && is_harmless(reports.manager))) jump_back(picture);
}

// A decompression with these reports.
struct JpegDecompression {
  JpegReports reports{};
  jpeg_decompress_struct picture{};

  explicit JpegDecompression(FatalWarnings fatal) {
    picture.err = jpeg_std_error(&reports.manager);
    reports.manager.error_exit = jump_back;
    reports.manager.emit_message = warn;
    reports.fatal = fatal;
    if (setjmp(reports.back) != 0) throw environment_error("libjpeg", "", "{}", reports.message);
    jpeg_create_decompress(&picture);
  }
  ~JpegDecompression() { jpeg_destroy_decompress(&picture); }
  JpegDecompression(const JpegDecompression&) = delete;
  JpegDecompression& operator=(const JpegDecompression&) = delete;

  // Returns whether the step succeeded. The step must not hold objects with destructors, because longjmp skips them.
  template <typename Step>
  bool run(const Step& step) {
    if (setjmp(reports.back) != 0) return false;
    step(picture);
    return true;
  }
};

Error refusal(const JpegDecompression& decoding, const std::string& where) {
  const char* const reason = decoding.reports.message;
  switch (decoding.reports.manager.msg_code) {
    case JWRN_JPEG_EOF:
    case JERR_INPUT_EMPTY:
    case JERR_INPUT_EOF:
      return data_error(where, copy_again, "is a JPEG that was cut short ({})", reason);
    case JERR_IMAGE_TOO_BIG:
      return data_error(where, make_smaller, "is too large for a JPEG ({})", reason);
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_NOTIMPL:
    case JERR_ARITH_NOTIMPL:
      return data_error(where, "convert it to PNG, or to an ordinary JPEG with 8 bits per colour",
                        "is a JPEG of an unsupported kind ({})", reason);
    default:
      return data_error(where, copy_again, "is a damaged JPEG ({})", reason);
  }
}

bool has_inks(const jpeg_decompress_struct& picture) {
  return picture.jpeg_color_space == JCS_CMYK || picture.jpeg_color_space == JCS_YCCK;
}

// Converts CMYK to RGB. Adobe's programs, which write a marker, store 255 for no ink.
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
                                      : nullptr;  // libjpeg's memory, which it frees even after a jump
  while (picture.output_scanline < picture.output_height) {
    JSAMPROW row = pixels + pitch * picture.output_scanline;
    jpeg_read_scanlines(&picture, inks ? row_of_inks : &row, 1);
    if (inks) mix_inks(row_of_inks[0], picture.output_width, picture.saw_Adobe_marker != 0, row);
  }
  jpeg_finish_decompress(&picture);
}

// Whether each block of 8 x 8 pixels can be decoded without its neighbours.
bool has_separate_blocks(const jpeg_decompress_struct& picture) {
  return !picture.progressive_mode && picture.max_h_samp_factor == 1 && picture.max_v_samp_factor == 1;
}

void decode_rows(jpeg_decompress_struct& picture, const Window& window, std::uint8_t* pixels) {
  picture.out_color_space = JCS_RGB;
  jpeg_start_decompress(&picture);
  const std::size_t pitch = 3 * std::size_t{picture.image_width};
  if (has_separate_blocks(picture)) {
    JDIMENSION left = static_cast<JDIMENSION>(window.left), width = static_cast<JDIMENSION>(window.right) - left;
    jpeg_crop_scanline(&picture, &left, &width);
    pixels += 3 * std::size_t{left};
    jpeg_skip_scanlines(&picture, static_cast<JDIMENSION>(window.top));
  }
  while (picture.output_scanline < static_cast<JDIMENSION>(window.bottom)) {
    JSAMPROW row = pixels + pitch * picture.output_scanline;
    jpeg_read_scanlines(&picture, &row, 1);
  }
}

}  // namespace

Image decode_jpeg(std::string_view bytes, const std::string& where) {
  JpegDecompression decoding(FatalWarnings::damage);
  const bool has_header = decoding.run([&](jpeg_decompress_struct& picture) {
    jpeg_mem_src(&picture, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    jpeg_read_header(&picture, TRUE);
  });
  if (!has_header) throw refusal(decoding, where);
  require_readable_size(decoding.picture.image_width, decoding.picture.image_height, where);
  Image image =
      blank_image(static_cast<int>(decoding.picture.image_width), static_cast<int>(decoding.picture.image_height));
  std::uint8_t* const pixels = image.pixels.data();
  if (!decoding.run([&](jpeg_decompress_struct& picture) { decode_pixels(picture, pixels); })) {
    throw refusal(decoding, where);
  }
  return image;
}

struct JpegDecoder::State : JpegDecompression {
  State() : JpegDecompression(FatalWarnings::all) {}
};

JpegDecoder::JpegDecoder() : state_(std::make_unique<State>()) {}
JpegDecoder::~JpegDecoder() = default;

// Must not hold objects with destructors, because longjmp skips them.
void JpegDecoder::decode(std::span<const std::uint8_t> jpeg, int side, const Window& window,
                         std::span<std::uint8_t> picture) {
  jpeg_decompress_struct& decoding = state_->picture;
  if (setjmp(state_->reports.back) != 0) {
    jpeg_abort_decompress(&decoding);
    throw data_error("", "", "is a damaged JPEG ({})", state_->reports.message);
  }
  jpeg_mem_src(&decoding, jpeg.data(), jpeg.size());
  jpeg_read_header(&decoding, TRUE);
  if (decoding.image_width != static_cast<JDIMENSION>(side) || decoding.image_height != static_cast<JDIMENSION>(side)) {
    jpeg_abort_decompress(&decoding);
    throw data_error("", "", "has {} x {} pixels; expected {} x {}", decoding.image_width, decoding.image_height, side,
                     side);
  }
  decode_rows(decoding, window, picture.data());
  jpeg_abort_decompress(&decoding);
}

std::string encode_jpeg(const Image& image, int quality) {
  const std::unique_ptr<void, int (*)(tjhandle)> encoder(tjInitCompress(), tjDestroy);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  const int status = tjCompress2(encoder.get(), image.pixels.data(), image.width, 0, image.height, TJPF_RGB, &bytes,
                                 &size, TJSAMP_444, quality, TJFLAG_ACCURATEDCT);
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner(bytes, tjFree);
  if (status != 0) throw bug_error("JPEG", "", "cannot be encoded ({})", tjGetErrorStr2(encoder.get()));
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace pbn::data
