// Where the lines of an axis stand.
#pragma once

#include <vector>

namespace pbn {

// Multiples of 1, 2 or 5 times a power of ten within [from, to]: four to ten of them. `from` alone where the two are
// equal.
std::vector<double> round_ticks(double from, double to);

}  // namespace pbn
