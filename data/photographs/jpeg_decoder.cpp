#include "data/photographs/jpeg_decoder.h"

#include "base/error.h"
#include "data/photographs/jpeg_reports.h"

namespace pbn {
namespace {

// Whether pixels depend on nothing beyond their block of 8 x 8.
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

struct JpegDecoder::State : JpegDecompression {
  State() : JpegDecompression(JpegWarnings::all) {}
};

JpegDecoder::JpegDecoder() : state_(std::make_unique<State>()) {}
JpegDecoder::~JpegDecoder() = default;

// Nothing in here has a destructor that longjmp could skip.
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

}  // namespace pbn
