// Numbers as text, rounded by one rule: the decimal in JSON and CSV (the shortest that reads back as the same number)
// is rounded half away from zero, so that 0.125 becomes 0.13 and 2.675 becomes 2.68. printf would round the binary
// number, half to even.
#pragma once

#include <string>

namespace pbn {

enum class Sign { if_negative, always };

// With this many decimals: "87.3". A number that would be rounded to 0 has one significant digit instead: "1e-05".
std::string fixed_text(double value, int decimals, Sign sign = Sign::if_negative);

// With at most this many significant digits, as printf's %g: "0.0001235", "1e-05", "-1e+308".
std::string significant_text(double value, int digits, Sign sign = Sign::if_negative);

}  // namespace pbn
