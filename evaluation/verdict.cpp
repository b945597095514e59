#include "evaluation/verdict.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <numeric>

#include "evaluation/sequential_test.h"
#include "evaluation/statistics.h"

namespace pbn::evaluation {
namespace {

// p of no difference, and the side of the difference.
SequentialTest test_of(const std::vector<double>& differences, Seeds seeds) {
  if (seeds == Seeds::sequential) return sequential_test(differences);
  const double mean = spread_of(differences).mean;
  return {sign_flip_p(differences).value_or(1), (mean > 0) - (mean < 0)};
}

bool is_equivalent(const std::vector<double>& differences, double margin, Seeds seeds, double error_of_one) {
  if (seeds == Seeds::sequential) {
    return sequential_one_sided_p(differences, -margin, 1) <= error_of_one &&
           sequential_one_sided_p(differences, margin, -1) <= error_of_one;
  }
  const auto interval = spread_of(differences).interval(unbounded, 2 * error_of_one);
  return interval && interval->low > -margin && interval->high < margin;
}

void correct(std::vector<Judgement>& judgements, std::span<const PlannedComparison> comparisons) {
  std::vector<std::size_t> order(judgements.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return judgements[a].p < judgements[b].p; });
  std::size_t counting = judgements.size();
  double largest = 0;
  for (const std::size_t i : order) {
    largest = std::max(largest, std::min(1.0, static_cast<double>(counting) * judgements[i].p));
    judgements[i].corrected = largest;
    if (!comparisons[i].margin) --counting;
  }
}

}  // namespace

std::vector<Judgement> judge(std::span<const PlannedComparison> comparisons, Seeds seeds, double error) {
  std::vector<Judgement> judgements;
  std::vector<int> sides;
  for (const PlannedComparison& comparison : comparisons) {
    const auto [p, side] = test_of(comparison.differences, seeds);
    judgements.push_back({Finding::undecided, p, 1});
    sides.push_back(side);
  }
  correct(judgements, comparisons);
  const double error_of_one = error / static_cast<double>(std::max<std::size_t>(comparisons.size(), 1));
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    const auto& [differences, margin] = comparisons[i];
    Finding& finding = judgements[i].finding;
    if (judgements[i].corrected <= error) {
      finding = sides[i] > 0 ? Finding::higher : Finding::lower;
    } else if (margin && is_equivalent(differences, *margin, seeds, error_of_one)) {
      finding = Finding::equivalent;
    }
  }
  return judgements;
}

std::optional<int> seeds_to_find(double mean_in_deviations, Seeds seeds, std::size_t comparisons, double error) {
  constexpr double most = 1e6, power = 0.8;
  error /= static_cast<double>(std::max<std::size_t>(comparisons, 1));
  if (seeds == Seeds::sequential) {
    const int needed = seeds_to_tell(mean_in_deviations, error);
    return needed > 0 && needed < most ? std::optional(needed) : std::nullopt;
  }
  const boost::math::normal normal;
  const double distance = boost::math::quantile(normal, 1 - error / 2) + boost::math::quantile(normal, power);
  const double needed = std::ceil(std::pow(distance / mean_in_deviations, 2));
  if (!(needed < most)) return std::nullopt;
  auto count = static_cast<std::size_t>(needed);
  while (smallest_sign_flip_p(count) > error && count < most) ++count;
  return static_cast<int>(count);
}

}  // namespace pbn::evaluation
