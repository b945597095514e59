#include "orchestrator/report/comparison.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pbn {
namespace {

// Settings that one of them has and the other has not, or otherwise.
std::size_t count_differences(const Json& one, const Json& other) {
  std::size_t differences = 0, shared = 0;
  for (auto setting = one.begin(); setting != one.end(); ++setting) {
    const auto found = other.find(setting.key());
    shared += found != other.end();
    differences += found == other.end() || *found != *setting;
  }
  return differences + other.size() - shared;
}

const Json* nearest_baseline(const Json& cell, const std::vector<const Json*>& baselines) {
  const Json* nearest = nullptr;
  std::size_t least = 0;
  for (const Json* baseline : baselines) {
    const std::size_t differences = count_differences(cell["settings"], (*baseline)["settings"]);
    if (nearest && differences >= least) continue;
    nearest = baseline;
    least = differences;
  }
  return nearest;
}

// Seed by seed: (cell, baseline).
using Pairs = std::vector<std::pair<double, double>>;

Pairs pairs_of(const Json& cell, const Json& baseline, const std::string& figure) {
  Pairs pairs;
  if (!cell["figures"].contains(figure) || !baseline["figures"].contains(figure)) return pairs;
  const Json& ours = cell["figures"][figure];
  const Json& theirs = baseline["figures"][figure];
  for (std::size_t seed = 0; seed < ours.size(); ++seed) {  // all cells of a sweep have its seeds, in one order
    if (ours[seed].is_number() && theirs[seed].is_number()) pairs.emplace_back(ours[seed], theirs[seed]);
  }
  return pairs;
}

std::vector<double> differences_of(const Pairs& pairs, double unit) {
  std::vector<double> differences;
  for (const auto& [ours, theirs] : pairs) differences.push_back(ours / unit - theirs / unit);
  return differences;
}

Json comparison_of(const Pairs& pairs, Interval bounds) {
  const auto overflows = [](const auto& pair) { return !std::isfinite(pair.first - pair.second); };
  const double unit = std::any_of(pairs.begin(), pairs.end(), overflows) ? 4 : 1;
  const std::vector<double> differences = differences_of(pairs, unit);
  Spread spread = spread_of(differences);
  spread.mean *= unit;
  spread.deviation *= unit;
  Json comparison = {{"n", spread.n},
                     {"mean", std::isfinite(spread.mean) ? Json(spread.mean) : Json()},
                     {"least_p", smallest_sign_flip_p(differences.size())}};
  if (const auto interval = spread.interval(bounds)) {
    comparison["low"] = interval->low;
    comparison["high"] = interval->high;
  }
  if (const auto p = sign_flip_p(differences)) comparison["p"] = *p;
  if (differences.size() > most_exact_pairs) comparison["draws"] = sign_flip_draws;
  return comparison;
}

// Cells whose runs are not there yet are comparisons, too: looking early must not look better.
void correct_for_many(const std::vector<Json*>& compared, std::size_t planned) {
  std::vector<double> p;
  for (const Json* comparison : compared) p.push_back((*comparison)["p"]);
  const std::vector<double> corrected = holm(p, planned);
  for (std::size_t i = 0; i < compared.size(); ++i) (*compared[i])["holm"] = corrected[i];
}

}  // namespace

void compare_with_baseline(Json& outcome, const std::vector<std::string>& figures, Interval bounds,
                           const IsComparable& is_comparable) {
  std::vector<const Json*> baselines;
  std::vector<Json*> others;
  for (Json& cell : outcome["cells"]) {
    if (cell["baseline"]) {
      baselines.push_back(&cell);
    } else {
      others.push_back(&cell);
    }
  }
  if (baselines.empty()) return;
  struct Planned {
    Json* cell;
    const Json* baseline;
  };
  std::vector<Planned> planned;
  for (Json* cell : others) {
    const Json& baseline = *nearest_baseline(*cell, baselines);
    (*cell)["against"] = {{"cell", baseline["cell"]}, {"label", baseline["label"]}, {"figures", Json::object()}};
    planned.push_back({cell, &baseline});
  }
  for (const std::string& figure : figures) {
    std::vector<Json*> compared;
    std::size_t comparisons = 0;
    for (const auto& [cell, baseline] : planned) {
      if (!is_comparable(*cell, *baseline, figure)) continue;
      ++comparisons;
      const Pairs pairs = pairs_of(*cell, *baseline, figure);
      if (pairs.empty()) continue;
      Json& comparison = (*cell)["against"]["figures"][figure];
      comparison = comparison_of(pairs, bounds);
      compared.push_back(&comparison);
    }
    correct_for_many(compared, comparisons);
  }
}

}  // namespace pbn
