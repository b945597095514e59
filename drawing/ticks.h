// The ranges of a chart's axes and the positions of their numbers.
#pragma once

#include <string>
#include <vector>

namespace pbn::drawing {

// A range of any finite values; its length may overflow a double, share() does not.
struct ChartRange {
  double from, to;

  double share(double value) const;  // 0 at and below `from`, 1 at and above `to`; 0.5 for an empty range
};

// From `low` to `high` with a margin on both sides: this share of the length, and at least `least` times the larger
// absolute value.
ChartRange with_margin(double low, double high, double share, double least);

// The smallest of 1, 2 and 5 times a power of ten that is not below a positive value.
double round_number_above(double value);

// Four to eight round numbers from `from` to `to`: multiples of 1, 2 or 5 times a power of ten.
std::vector<double> round_ticks(double from, double to);

// A tick with enough digits to differ from its neighbours, and at least four; 0 is "0".
std::string tick_text(double value, const std::vector<double>& ticks);

// The same for a horizontal axis. Where long numbers would overlap on a phone, only every second or third tick,
// including 0, has a text.
std::string tick_text_across(double value, const std::vector<double>& ticks);

}  // namespace pbn::drawing
