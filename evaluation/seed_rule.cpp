#include "evaluation/seed_rule.h"

#include <algorithm>

namespace pbn::evaluation {
namespace {

std::vector<double> first_of(const std::vector<double>& values, int seeds) {
  return {values.begin(), values.begin() + std::min<std::ptrdiff_t>(seeds, std::ssize(values))};
}

}  // namespace

int SeedRule::after(int seeds) const { return std::min(most, seeds + std::max(1, seeds / 4)); }

int SeedRule::most_rounds() const {
  int rounds = 1;
  for (int seeds = least; seeds < most; seeds = after(seeds)) ++rounds;
  return rounds;
}

std::vector<double> without_gaps(std::span<const std::optional<double>> differences) {
  std::vector<double> values;
  for (const auto& difference : differences) {
    if (!difference) break;
    values.push_back(*difference);
  }
  return values;
}

RoundsSoFar rounds_so_far(const SeedRule& rule, std::size_t cells, std::span<const ComparisonInRounds> comparisons,
                          double error) {
  RoundsSoFar so_far{std::vector<int>(cells, rule.least), 1, false};
  std::vector<std::vector<double>> values;
  for (const ComparisonInRounds& comparison : comparisons) values.push_back(without_gaps(comparison.differences));
  for (int seeds = rule.least;; seeds = rule.after(seeds), ++so_far.rounds) {
    std::vector<PlannedComparison> planned;
    for (std::size_t i = 0; i < comparisons.size(); ++i) {
      const int of_cell = so_far.seeds[comparisons[i].cell];
      if (std::ssize(values[i]) < of_cell) return so_far;  // the round is not complete
      planned.push_back({first_of(values[i], of_cell), comparisons[i].margin});
    }
    const std::vector<Judgement> judgements = judge(planned, Seeds::sequential, error);
    std::vector<char> is_open(cells);
    for (std::size_t i = 0; i < comparisons.size(); ++i) {
      if (judgements[i].finding == Finding::undecided) is_open[comparisons[i].cell] = 1;
    }
    so_far.is_over = seeds >= rule.most || std::count(is_open.begin(), is_open.end(), 1) == 0;
    if (so_far.is_over) return so_far;
    for (std::size_t cell = 0; cell < cells; ++cell) {
      if (is_open[cell]) so_far.seeds[cell] = rule.after(seeds);
    }
  }
}

}  // namespace pbn::evaluation
