// PNGs of 16 bits.
#pragma once

#include <string>
#include <string_view>

namespace pbn {

// A PNG with 16 bits for each sample as the one with 8 that means the same: samples scaled, its gamma kept. libpng
// would mix transparency and correct gamma in 16 bits, and so make other pixels of it than of the same picture in 8
// bits. Throws data errors, with the hint of damaged images.
std::string png_in_8_bits(std::string_view png, const std::string& where);

}  // namespace pbn
