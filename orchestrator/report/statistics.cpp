#include "orchestrator/report/statistics.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

namespace pbn {
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

// 97.5% of Student's t. Finding it takes microseconds, and a report asks for it a hundred thousand times.
double t_quantile(int degrees_of_freedom) {
  const auto quantile = [](int degrees) { return boost::math::quantile(boost::math::students_t(degrees), 0.975); };
  static const std::vector<double> known = [&] {
    std::vector<double> quantiles{0};
    for (int degrees = 1; degrees < 64; ++degrees) quantiles.push_back(quantile(degrees));
    return quantiles;
  }();
  const auto degrees = static_cast<std::size_t>(degrees_of_freedom);
  return degrees < known.size() ? known[degrees] : quantile(degrees_of_freedom);
}

}  // namespace

std::optional<Interval> Spread::interval() const {
  if (n < 2) return std::nullopt;
  const double half = t_quantile(n - 1) * deviation / std::sqrt(n);
  return Interval{mean - half, mean + half};
}

Spread spread_of(std::span<const double> values) {
  Spread spread;
  spread.n = static_cast<int>(values.size());
  if (values.empty()) return spread;
  spread.mean = std::accumulate(values.begin(), values.end(), 0.0) / spread.n;
  if (spread.n < 2) return spread;
  double squares = 0;
  for (const double value : values) squares += (value - spread.mean) * (value - spread.mean);
  spread.deviation = std::sqrt(squares / (spread.n - 1));
  return spread;
}

std::optional<double> sign_flip_p(std::span<const double> differences) {
  const std::size_t n = differences.size();
  if (n == 0 || n > 40) return std::nullopt;
  double sum = 0, magnitude = 0;
  for (const double difference : differences) {
    sum += difference;
    magnitude += std::abs(difference);
  }
  // Sums that are equal on paper differ in their last bits.
  const double least = std::abs(sum) - 1e-9 * magnitude;
  if (least <= 0) return 1;

  // Each choice of signs is one of the first half with one of the second: 2^(n/2) sums instead of 2^n.
  const std::vector<double> first = signed_sums(differences.first(n / 2));
  const std::vector<double> second = signed_sums(differences.subspan(n / 2));
  double far = 0;
  auto partner = second.end();
  for (const double one : first) {  // ascending, so that the partners that reach far enough begin ever earlier
    while (partner != second.begin() && one + *std::prev(partner) >= least) --partner;
    far += static_cast<double>(second.end() - partner);
  }
  return 2 * far / std::ldexp(1.0, static_cast<int>(n));  // every choice has its mirror image
}

double smallest_sign_flip_p(std::size_t n) { return std::min(1.0, std::ldexp(2.0, -static_cast<int>(n))); }

std::vector<double> holm(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> corrected(p.size());
  double largest = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    largest = std::max(largest, std::min(1.0, static_cast<double>(p.size() - rank) * p[order[rank]]));
    corrected[order[rank]] = largest;
  }
  return corrected;
}

}  // namespace pbn
