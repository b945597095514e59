#include "evaluation/statistics.h"

#include <algorithm>
#include <array>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "base/random.h"

namespace pbn::evaluation {
namespace {

// All sums of the values with either sign, ascending.
std::vector<double> signed_sums(std::span<const double> values) {
  std::vector<double> sums{0};
  for (const double value : values) {
    const std::size_t count = sums.size();
    for (std::size_t i = 0; i < count; ++i) {
      sums.push_back(sums[i] - value);
      sums[i] += value;
    }
  }
  std::sort(sums.begin(), sums.end());
  return sums;
}

double t_quantile(int degrees_of_freedom, double probability) {
  return boost::math::quantile(boost::math::students_t(degrees_of_freedom), probability);
}

// The 97.5% quantile, cached: it takes microseconds, and a report needs a hundred thousand.
double usual_t_quantile(int degrees_of_freedom) {
  static const std::vector<double> known = [] {
    std::vector<double> quantiles{0};
    for (int degrees = 1; degrees < 64; ++degrees) quantiles.push_back(t_quantile(degrees, 0.975));
    return quantiles;
  }();
  const auto degrees = static_cast<std::size_t>(degrees_of_freedom);
  return degrees < known.size() ? known[degrees] : t_quantile(degrees_of_freedom, 0.975);
}

// The binary exponent of the largest value. Values divided by that power of two have sums and squares that neither
// overflow nor underflow, and are otherwise bit for bit the same.
int binary_exponent_of(std::span<const double> values) {
  double most = 0;
  for (const double value : values) most = std::max(most, std::abs(value));
  return most > 0 ? std::ilogb(most) : 0;
}

std::vector<double> divided_by_power(std::span<const double> values, int power) {
  std::vector<double> divided;
  for (const double value : values) divided.push_back(std::scalbn(value, -power));
  return divided;
}

// Each choice of signs combines one of the first half with one of the second: 2^(n/2) sums instead of 2^n.
double exact_sign_flip_p(std::span<const double> differences, double least) {
  const std::size_t n = differences.size();
  const std::vector<double> first = signed_sums(differences.first(n / 2));
  const std::vector<double> second = signed_sums(differences.subspan(n / 2));
  double far = 0;
  auto partner = second.end();
  for (const double sum : first) {  // ascending, so `partner` only moves down
    while (partner != second.begin() && sum + *std::prev(partner) >= least) --partner;
    far += static_cast<double>(second.end() - partner);
  }
  return 2 * far / std::ldexp(1.0, static_cast<int>(n));  // every choice has its mirror image
}

// Draws signs for 32 differences at a time, one bit each, and looks up the sums of 8 differences in a table.
double drawn_sign_flip_p(std::span<const double> differences, double least) {
  std::vector<std::array<double, 256>> sums((differences.size() + 7) / 8);
  for (std::size_t i = 0; i < differences.size(); ++i) {
    for (std::size_t signs = 0; signs < 256; ++signs) {
      sums[i / 8][signs] += signs >> (i % 8) & 1 ? differences[i] : -differences[i];
    }
  }
  Random random(1, 1, 0, Purpose::bootstrap);  // epoch 1: a stream of its own; image_bootstrap.h uses epoch 0
  int far = 0;
  for (int draw = 0; draw < sign_flip_draws; ++draw) {
    double sum = 0;
    std::uint32_t signs = 0;
    for (std::size_t i = 0; i < sums.size(); ++i, signs >>= 8) {
      if (i % 4 == 0) signs = random.next();
      sum += sums[i][signs & 0xFF];
    }
    far += std::abs(sum) >= least;
  }
  return (far + 1.0) / (sign_flip_draws + 1);
}

}  // namespace

std::optional<Interval> Spread::interval(Interval bounds, double error) const {
  if (n < 2) return std::nullopt;
  const double quantile = error == 0.05 ? usual_t_quantile(n - 1) : t_quantile(n - 1, 1 - error / 2);
  const double half = quantile * deviation / std::sqrt(n);
  const Interval interval{mean - half, mean + half};
  if (!std::isfinite(interval.low) || !std::isfinite(interval.high)) return std::nullopt;
  return Interval{std::max(interval.low, bounds.low), std::min(interval.high, bounds.high)};
}

Spread spread_of(std::span<const double> values) {
  Spread spread;
  spread.n = static_cast<int>(values.size());
  if (values.empty()) return spread;
  const int exponent = binary_exponent_of(values);
  const std::vector<double> scaled = divided_by_power(values, exponent);
  const auto [least, most] = std::minmax_element(scaled.begin(), scaled.end());
  // Clamped, since rounding may move the mean of equal values by a bit.
  const double mean = std::clamp(std::accumulate(scaled.begin(), scaled.end(), 0.0) / spread.n, *least, *most);
  spread.mean = std::scalbn(mean, exponent);
  if (spread.n < 2) return spread;
  double squares = 0;
  for (const double value : scaled) squares += (value - mean) * (value - mean);
  spread.deviation = std::scalbn(std::sqrt(squares / (spread.n - 1)), exponent);
  return spread;
}

std::optional<double> sign_flip_p(std::span<const double> differences) {
  if (differences.empty()) return std::nullopt;
  const std::vector<double> scaled = divided_by_power(differences, binary_exponent_of(differences));
  double sum = 0, magnitude = 0;
  for (const double difference : scaled) {
    sum += difference;
    magnitude += std::abs(difference);
  }
  // The tolerance treats sums as equal that differ only by rounding.
  const double least = std::abs(sum) - 1e-9 * magnitude;
  if (least <= 0) return 1;
  return scaled.size() > most_exact_pairs ? drawn_sign_flip_p(scaled, least) : exact_sign_flip_p(scaled, least);
}

double smallest_sign_flip_p(std::size_t n) {
  return n > most_exact_pairs ? 1.0 / (sign_flip_draws + 1) : std::min(1.0, std::ldexp(2.0, -static_cast<int>(n)));
}

std::vector<double> holm(std::span<const double> p, std::size_t comparisons) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> corrected(p.size());
  double largest = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    largest = std::max(largest, std::min(1.0, static_cast<double>(comparisons - rank) * p[order[rank]]));
    corrected[order[rank]] = largest;
  }
  return corrected;
}

}  // namespace pbn::evaluation
