// Numbers as people read them, by one rule of rounding: the decimal that JSON and CSV have (the shortest that reads
// back as the same number) is rounded half away from zero, so that 0.125 is 0.13 and 2.675 is 2.68. printf would round
// the binary number behind it, half to even.
#pragma once

#include <string>

namespace pbn {

enum class Sign { if_negative, always };

// So many digits behind the point: "87.3". A number that is not 0 is not shown as 0: "0.04", "1e-05".
std::string fixed_text(double value, int decimals, Sign sign = Sign::if_negative);

// So many significant digits at most, as printf's %g: "0.0001235", "1e-05", "-1e+308".
std::string significant_text(double value, int digits, Sign sign = Sign::if_negative);

}  // namespace pbn
