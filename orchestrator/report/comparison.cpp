#include "orchestrator/report/comparison.h"

#include <algorithm>

#include "orchestrator/report/statistics.h"

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

std::vector<double> paired_differences(const Json& cell, const Json& baseline, const std::string& figure) {
  std::vector<double> differences;
  if (!cell["figures"].contains(figure) || !baseline["figures"].contains(figure)) return differences;
  const Json& ours = cell["figures"][figure];
  const Json& theirs = baseline["figures"][figure];
  for (std::size_t seed = 0; seed < ours.size(); ++seed) {  // all cells of a sweep have its seeds, in one order
    if (ours[seed].is_number() && theirs[seed].is_number()) {
      differences.push_back(ours[seed].get<double>() - theirs[seed].get<double>());
    }
  }
  return differences;
}

Json comparison_of(const std::vector<double>& differences) {
  const Spread spread = spread_of(differences);
  Json comparison = {{"n", spread.n}, {"mean", spread.mean}, {"least_p", smallest_sign_flip_p(differences.size())}};
  if (const auto interval = spread.interval()) {
    comparison["low"] = interval->low;
    comparison["high"] = interval->high;
  }
  if (const auto p = sign_flip_p(differences)) comparison["p"] = *p;
  return comparison;
}

void correct_for_many(const std::vector<Json*>& cells, const std::string& figure) {
  std::vector<Json*> compared;
  std::vector<double> p;
  for (Json* cell : cells) {
    Json& figures = (*cell)["against"]["figures"];
    if (!figures.contains(figure) || !figures[figure].contains("p")) continue;
    compared.push_back(&figures[figure]);
    p.push_back(figures[figure]["p"]);
  }
  const std::vector<double> corrected = holm(p);
  for (std::size_t i = 0; i < compared.size(); ++i) (*compared[i])["holm"] = corrected[i];
}

}  // namespace

void compare_with_baseline(Json& outcome, const std::vector<std::string>& figures, const IsComparable& is_comparable) {
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
  for (Json* cell : others) {
    const Json& baseline = *nearest_baseline(*cell, baselines);
    Json compared = Json::object();
    for (const std::string& figure : figures) {
      if (!is_comparable(*cell, baseline, figure)) continue;
      const std::vector<double> differences = paired_differences(*cell, baseline, figure);
      if (!differences.empty()) compared[figure] = comparison_of(differences);
    }
    (*cell)["against"] = {{"cell", baseline["cell"]}, {"label", baseline["label"]}, {"figures", std::move(compared)}};
  }
  for (const std::string& figure : figures) correct_for_many(others, figure);
}

}  // namespace pbn
