// Statistics of a figure over the few seeds of a cell.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace pbn::evaluation {

struct Interval {
  double low = 0, high = 0;
};

// The range of a figure's values: no mean of percentages is above 100.
inline constexpr Interval unbounded{-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
inline constexpr Interval not_negative{0, unbounded.high};
inline constexpr Interval percentage{0, 100};
inline constexpr Interval difference_of_percentages{-100, 100};

struct Spread {
  int n = 0;
  double mean = 0;  // for equal values exactly their value
  // Standard deviation of the sample (n - 1); 0 where n < 2, infinite where it overflows.
  double deviation = 0;

  // Student's t interval of the mean, clipped to the figure's bounds; 95% unless `error` says otherwise. It assumes
  // that seeds are distributed about normally. None where n < 2 or an end overflows.
  std::optional<Interval> interval(Interval bounds = unbounded, double error = 0.05) const;
};

// Values must be finite, but may be of any magnitude.
Spread spread_of(std::span<const double> values);

// The sign-flip (Fisher-Pitman) test of paired differences, one per seed. If the two cells did not differ, each
// difference could as well have had the other sign: p is the share of the 2^n choices of signs whose sum is at least as
// far from zero as the observed one. The test is two-sided and assumes nothing about the distribution over seeds. It is
// exact up to `most_exact_pairs`; beyond that, p is estimated from the observed choice and `sign_flip_draws` random
// ones (Phipson and Smyth 2010), always the same. None where n is 0.
inline constexpr std::size_t most_exact_pairs = 40;
inline constexpr int sign_flip_draws = 99999;
std::optional<double> sign_flip_p(std::span<const double> differences);

// The smallest p that n seeds can give, however large the differences: 2 / 2^n if exact, else 1 / (draws + 1).
double smallest_sign_flip_p(std::size_t n);

// Holm's step-down correction (1979) of p values for `comparisons` comparisons in total, some of which may not have a p
// yet. Results are in the order of `p`.
std::vector<double> holm(std::span<const double> p, std::size_t comparisons);

}  // namespace pbn::evaluation
