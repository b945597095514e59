#include "orchestrator/costs/seed_advice.h"

#include <fmt/format.h>

#include <algorithm>

#include "evaluation/statistics.h"

namespace pbn::costs {
namespace {

constexpr double wanted_p = 0.05;

double smallest_p(std::size_t seeds, std::size_t compared) {
  return std::min(1.0, evaluation::smallest_sign_flip_p(seeds) * static_cast<double>(compared));
}

}  // namespace

std::optional<SeedAdvice> seed_advice(const grid::Sweep& sweep) {
  const auto baselines = static_cast<std::size_t>(
      std::count_if(sweep.cells.begin(), sweep.cells.end(), [](const grid::Cell& cell) { return cell.is_baseline; }));
  if (baselines == 0 || baselines == sweep.cells.size()) return std::nullopt;
  SeedAdvice advice{sweep.grid.seeds.size(), sweep.cells.size() - baselines};
  advice.smallest_p = smallest_p(advice.seeds, advice.compared);
  while (smallest_p(advice.needed, advice.compared) >= wanted_p) ++advice.needed;
  return advice;
}

std::string SeedAdvice::sentence() const {
  const std::string cells = compared == 1 ? "one cell" : fmt::format("{} cells", compared);
  const std::string p = fmt::format("{} {} with {} compared with a baseline cannot give a p below {:.2g}", seeds,
                                    seeds == 1 ? "seed" : "seeds", cells, smallest_p);
  return is_enough() ? p + "." : fmt::format("Too few seeds: {}; {} would do: --seeds 1..{}.", p, needed, needed);
}

}  // namespace pbn::costs
