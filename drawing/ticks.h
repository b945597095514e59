// The axes of charts: what they reach over, and where their numbers stand.
#pragma once

#include <string>
#include <vector>

namespace pbn {

// Values of any size, so that neither the length of a range nor its share overflows.
struct ChartRange {
  double from, to;

  double share(double value) const;  // 0 at `from`, 1 at `to`, which others are cut off at; 0.5 of an empty range
};

// From `low` to `high` with this share of the length as air on both sides, and at least `least` times the larger
// number.
ChartRange with_air(double low, double high, double share, double least);

// Multiples of 1, 2 or 5 times a power of ten from `from` to `to`: four to eight of them.
std::vector<double> round_ticks(double from, double to);

// One of these ticks in as many digits as tell it from the next, and at least four; 0 is "0".
std::string tick_text(double value, const std::vector<double>& ticks);

// The same for an axis across, where long numbers would run into each other on a phone: then every second or third has
// one, 0 among them, and the others have none.
std::string tick_text_across(double value, const std::vector<double>& ticks);

}  // namespace pbn
