// Decoding PNG.
#pragma once

#include <string>
#include <string_view>

#include "data/photographs/image.h"

namespace pbn::data {

// Decodes PNGs of any colour type and bit depth. 16 bits per sample give the same pixels as the same picture in 8 bits.
// Throws data errors for damaged and too large PNGs.
Image decode_png(std::string_view bytes, const std::string& where);

}  // namespace pbn::data
