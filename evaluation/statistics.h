// What a figure over the few seeds of a cell says.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace pbn {

struct Interval {
  double low = 0, high = 0;
};

// Where a figure ends: no mean of percentages is above 100.
inline constexpr Interval unbounded{-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
inline constexpr Interval not_negative{0, unbounded.high};
inline constexpr Interval percentage{0, 100};
inline constexpr Interval difference_of_percentages{-100, 100};

struct Spread {
  int n = 0;
  double mean = 0;  // of equal values their own
  double deviation =
      0;  // standard deviation of the sample (n - 1); 0 where n < 2. Infinite where no double can hold it

  // Student's t interval of the mean, 95%, as far as it lies within the figure's bounds. It supposes that seeds scatter
  // about normally. None where n < 2, or where no double can hold it.
  std::optional<Interval> interval(Interval bounds = unbounded) const;
};

// Of finite values of any size.
Spread spread_of(std::span<const double> values);

// The sign-flip (Fisher-Pitman) test of paired differences, one per seed: if the two cells did not differ, each
// difference might as well have had the other sign. Of all 2^n choices of signs it is the share of those whose sum is
// at least as far from zero: two-sided, and without an assumption on how seeds scatter. It is exact up to
// `most_exact_pairs`; beyond, it is estimated from so many random choices and the one that was observed (Phipson and
// Smyth 2010), always the same ones. None where n is 0.
inline constexpr std::size_t most_exact_pairs = 40;
inline constexpr int sign_flip_draws = 99999;
std::optional<double> sign_flip_p(std::span<const double> differences);

// However large the differences, n seeds cannot give less: 2 / 2^n, or one of the random choices.
double smallest_sign_flip_p(std::size_t n);

// Holm's step-down correction (1979) for looking at so many `comparisons`, of which these have a p already; in the
// order given, none below its own.
std::vector<double> holm(std::span<const double> p, std::size_t comparisons);

}  // namespace pbn
