#include "orchestrator/report/statistics/comparison.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pbn::report {
namespace {

// Settings with different values, or in one of the two alone.
std::size_t count_differences(const Json& one, const Json& other) {
  std::size_t differences = 0, shared = 0;
  for (auto setting = one.begin(); setting != one.end(); ++setting) {
    const auto found = other.find(setting.key());
    shared += found != other.end();
    differences += found == other.end() || *found != *setting;
  }
  return differences + other.size() - shared;
}

const ReportedCell& nearest_baseline(const ReportedCell& cell, const std::vector<const ReportedCell*>& baselines) {
  return **std::min_element(baselines.begin(), baselines.end(), [&](const auto* one, const auto* other) {
    return count_differences(cell.settings, one->settings) < count_differences(cell.settings, other->settings);
  });
}

using Pairs = std::vector<std::pair<double, double>>;  // (cell, baseline) of one seed each

Pairs pairs_of(const ReportedCell& cell, const ReportedCell& baseline, const std::string& figure) {
  const ValuesBySeed *const values = entry_of(cell.figures, figure), *const others = entry_of(baseline.figures, figure);
  Pairs pairs;
  for (std::size_t seed = 0; values && others && seed < values->size(); ++seed) {
    if ((*values)[seed] && (*others)[seed]) pairs.emplace_back(*(*values)[seed], *(*others)[seed]);
  }
  return pairs;
}

std::vector<double> differences_of(const Pairs& pairs, double unit) {
  std::vector<double> differences;
  for (const auto& [value, other] : pairs) differences.push_back(value / unit - other / unit);
  return differences;
}

Comparison comparison_of(const Pairs& pairs, evaluation::Interval bounds) {
  const auto overflows = [](const auto& pair) { return !std::isfinite(pair.first - pair.second); };
  const double unit = std::any_of(pairs.begin(), pairs.end(), overflows) ? 4 : 1;
  const std::vector<double> differences = differences_of(pairs, unit);
  evaluation::Spread spread = evaluation::spread_of(differences);
  spread.mean *= unit;
  spread.deviation *= unit;
  Comparison comparison;
  comparison.n = spread.n;
  if (std::isfinite(spread.mean)) comparison.mean = spread.mean;
  comparison.least_p = evaluation::smallest_sign_flip_p(differences.size());
  comparison.interval = spread.interval(bounds);
  comparison.p = evaluation::sign_flip_p(differences);
  if (differences.size() > evaluation::most_exact_pairs) comparison.draws = evaluation::sign_flip_draws;
  return comparison;
}

// `planned` comparisons, of which some may have no results yet: an early report must not show smaller p than the last.
void correct_for_many(const std::vector<Comparison*>& compared, std::size_t planned) {
  std::vector<double> p;
  for (const Comparison* comparison : compared) p.push_back(comparison->p.value());
  const std::vector<double> corrected = evaluation::holm(p, planned);
  for (std::size_t i = 0; i < compared.size(); ++i) compared[i]->holm = corrected[i];
}

}  // namespace

void compare_with_baseline(std::vector<ReportedCell>& cells, const std::vector<std::string>& figures,
                           evaluation::Interval bounds, const IsComparable& is_comparable) {
  std::vector<const ReportedCell*> baselines;
  for (const ReportedCell& cell : cells) {
    if (cell.is_baseline) baselines.push_back(&cell);
  }
  if (baselines.empty()) return;
  struct Planned {
    ReportedCell& cell;
    const ReportedCell& baseline;
  };
  std::vector<Planned> planned;
  for (ReportedCell& cell : cells) {
    if (cell.is_baseline) continue;
    const ReportedCell& baseline = nearest_baseline(cell, baselines);
    cell.against = Against{baseline.cell, baseline.label, {}};
    planned.push_back({cell, baseline});
  }
  for (const std::string& figure : figures) {
    std::vector<Comparison*> compared;
    std::size_t comparisons = 0;
    for (const auto& [cell, baseline] : planned) {
      if (!is_comparable(cell, baseline, figure)) continue;
      ++comparisons;
      const Pairs pairs = pairs_of(cell, baseline, figure);
      if (pairs.empty()) continue;
      compared.push_back(&(cell.against->figures[figure] = comparison_of(pairs, bounds)));
    }
    correct_for_many(compared, comparisons);
  }
}

}  // namespace pbn::report
