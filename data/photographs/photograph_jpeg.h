// JPEGs from anywhere.
#pragma once

#include <string>
#include <string_view>

#include "data/photographs/image.h"

namespace pbn {

// Grey, colour and CMYK (Adobe's inverted one too, and YCCK), baseline and progressive, as stored. Throws data errors:
// damaged or cut short, as far as libjpeg can see it; of a kind that libjpeg does not read; too large (image.h).
Image decode_jpeg(std::string_view bytes, const std::string& where);

}  // namespace pbn
