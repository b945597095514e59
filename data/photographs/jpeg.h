// JPEG: photographs from any source, and windows of stored crops.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "data/photographs/image.h"

namespace pbn::data {

// Decodes grey, colour and CMYK (also Adobe's inverted CMYK and YCCK), baseline and progressive JPEGs without turning
// them. Throws data errors for JPEGs that are damaged or cut short as far as libjpeg detects it, of a kind that libjpeg
// does not support, or too large (image.h).
Image decode_jpeg(std::string_view bytes, const std::string& where);

// Decodes windows of square pictures. Reuses its memory from picture to picture: use one decoder per thread.
class JpegDecoder {
 public:
  JpegDecoder();
  ~JpegDecoder();
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;

  // Writes the pixels of the window to `picture`, (side, side, 3) RGB, with the same values as if the whole picture
  // were decoded; pixels outside the window may be overwritten. Rows above the window cost entropy decoding, rows below
  // nothing. Throws a data error without a place if the bytes are not a JPEG of this size or are damaged before the end
  // of the window.
  void decode(std::span<const std::uint8_t> jpeg, int side, const Window& window, std::span<std::uint8_t> picture);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pbn::data
