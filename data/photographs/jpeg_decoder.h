// Decoding the part of a JPEG that somebody looks at.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "data/photographs/image.h"

namespace pbn {

// Keeps its memory from one picture to the next: one decoder for each thread.
class JpegDecoder {
 public:
  JpegDecoder();
  ~JpegDecoder();
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;

  // The window's pixels of a square picture, (side, side, 3) RGB, each as if all of it were decoded; other pixels of
  // `picture` may be overwritten too. Entropy coding makes the rows above the window cost some of their time; those
  // below cost nothing. Throws a data error without a place when the bytes are not a JPEG of this size, or are damaged
  // before the window's end.
  void decode(std::span<const std::uint8_t> jpeg, int side, const Window& window, std::span<std::uint8_t> picture);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pbn
