// What a figure over the few seeds of a cell says.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace pbn {

struct Interval {
  double low = 0, high = 0;
};

struct Spread {
  int n = 0;
  double mean = 0;
  double deviation = 0;  // standard deviation of the sample (n - 1); 0 where n < 2

  // Student's t interval of the mean, 95%. It supposes that seeds scatter about normally. None where n < 2.
  std::optional<Interval> interval() const;
};

Spread spread_of(std::span<const double> values);

// The exact sign-flip (Fisher-Pitman) test of paired differences, one per seed: if the two cells did not differ, each
// difference might as well have had the other sign. Of all 2^n choices of signs it is the share of those whose sum is
// at least as far from zero: two-sided, and without an assumption on how seeds scatter. None where n is 0 or above 40.
std::optional<double> sign_flip_p(std::span<const double> differences);

// 2 / 2^n: however large the differences, n seeds cannot give less.
double smallest_sign_flip_p(std::size_t n);

// Holm's step-down correction (1979) for having looked at several comparisons; in the order given, none below its own.
std::vector<double> holm(std::span<const double> p);

}  // namespace pbn
