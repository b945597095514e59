#include "orchestrator/costs/seed_advice.h"

#include <fmt/format.h>

#include <algorithm>

#include "evaluation/sequential_test.h"
#include "evaluation/statistics.h"

namespace pbn::costs {
namespace {

double smallest_p(std::size_t seeds, const SeedAdvice& advice) {
  const double p = advice.is_rule ? evaluation::smallest_sequential_p(seeds) : evaluation::smallest_sign_flip_p(seeds);
  return std::min(1.0, p * static_cast<double>(advice.compared));
}

}  // namespace

std::optional<SeedAdvice> seed_advice(const grid::Sweep& sweep) {
  const auto baselines = static_cast<std::size_t>(
      std::count_if(sweep.cells.begin(), sweep.cells.end(), [](const grid::Cell& cell) { return cell.is_baseline; }));
  if (baselines == 0 || baselines == sweep.cells.size() || sweep.grid.is_illustration) return std::nullopt;
  SeedAdvice advice{sweep.grid.seeds.size(), sweep.cells.size() - baselines};
  advice.is_rule = sweep.grid.rule.has_value();
  if (sweep.grid.question.also) advice.compared *= 2;
  advice.smallest_p = smallest_p(advice.seeds, advice);
  while (smallest_p(advice.needed, advice) >= sweep.grid.question.alpha) ++advice.needed;
  return advice;
}

std::string SeedAdvice::sentence() const {
  const std::string cells = compared == 1 ? "one cell" : fmt::format("{} cells", compared);
  const std::string p = fmt::format("{} {} with {} compared with a baseline cannot give a p below {:.2g}", seeds,
                                    seeds == 1 ? "seed" : "seeds", cells, smallest_p);
  return is_enough() ? p + "."
                     : fmt::format("Too few seeds: {}; {} would do: {}{}.", p, needed,
                                   is_rule ? "most: " : "--seeds 1..", needed);
}

}  // namespace pbn::costs
