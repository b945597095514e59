#include "orchestrator/report/statistics/comparison.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "evaluation/metrics.h"
#include "evaluation/sequential_test.h"

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

using Pair = std::optional<std::pair<double, double>>;  // (cell, baseline) of one seed; none where one has no figure

std::vector<Pair> pairs_of(const ReportedCell& cell, const ReportedCell& baseline, const std::string& figure) {
  const ValuesBySeed *const values = entry_of(cell.figures, figure), *const others = entry_of(baseline.figures, figure);
  std::vector<Pair> pairs;
  for (std::size_t seed = 0; values && others && seed < std::min(values->size(), others->size()); ++seed) {
    const auto &value = (*values)[seed], &other = (*others)[seed];
    pairs.push_back(value && other ? Pair(std::pair(*value, *other)) : std::nullopt);
  }
  return pairs;
}

// 4 where a difference overflows a double and its quarter does not.
double unit_of(const std::vector<Pair>& pairs) {
  const auto overflows = [](const Pair& pair) { return pair && !std::isfinite(pair->first - pair->second); };
  return std::any_of(pairs.begin(), pairs.end(), overflows) ? 4 : 1;
}

std::vector<std::optional<double>> differences_of(const std::vector<Pair>& pairs, double unit) {
  std::vector<std::optional<double>> differences;
  for (const Pair& pair : pairs) {
    differences.push_back(pair ? std::optional(pair->first / unit - pair->second / unit) : std::nullopt);
  }
  return differences;
}

std::vector<double> usable(const std::vector<std::optional<double>>& differences, evaluation::Seeds seeds) {
  return seeds == evaluation::Seeds::sequential ? evaluation::without_gaps(differences) : present(differences);
}

evaluation::Interval within(evaluation::Interval interval, evaluation::Interval bounds) {
  return {std::clamp(interval.low, bounds.low, bounds.high), std::clamp(interval.high, bounds.low, bounds.high)};
}

// `error`: that the interval of a sequential test is allowed.
Comparison comparison_of(const std::vector<Pair>& pairs, evaluation::Interval bounds, evaluation::Seeds seeds,
                         double error) {
  const double unit = unit_of(pairs);
  const std::vector<double> differences = usable(differences_of(pairs, unit), seeds);
  evaluation::Spread spread = evaluation::spread_of(differences);
  spread.mean *= unit;
  spread.deviation *= unit;
  Comparison comparison;
  comparison.n = spread.n;
  if (std::isfinite(spread.mean)) comparison.mean = spread.mean;
  if (spread.n > 1 && std::isfinite(spread.deviation)) comparison.deviation = spread.deviation;
  if (seeds == evaluation::Seeds::sequential) {
    const evaluation::Interval interval = evaluation::sequential_interval(differences, error);
    comparison.interval = within({interval.low * unit, interval.high * unit}, bounds);
    comparison.p = evaluation::sequential_test(differences).p;
    comparison.least_p = evaluation::smallest_sequential_p(differences.size());
    return comparison;
  }
  comparison.least_p = evaluation::smallest_sign_flip_p(differences.size());
  comparison.interval = spread.interval(bounds);
  if (spread.n == 2 && unit == 1) comparison.two = differences;
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

bool counts_the_same_parts(const config::Skeleton& skeleton, const ReportedCell& cell, const ReportedCell& other,
                           const std::string& name) {
  const auto left_out = [](const ReportedCell& of) { return of.settings.value("model.without", Json::array()); };
  if (left_out(cell) == left_out(other)) return true;
  const std::string figure = name.substr(name.find('.') + 1, name.find('@') - name.find('.') - 1);
  for (const int part : evaluation::parts_of_figure(skeleton, figure)) {
    const Json part_name = skeleton.parts[static_cast<std::size_t>(part)];
    const auto leaves_out = [&](const ReportedCell& of) {
      const Json list = left_out(of);
      return std::find(list.begin(), list.end(), part_name) != list.end();
    };
    if (leaves_out(cell) != leaves_out(other)) return false;
  }
  return true;
}

// All figures that a study asks about are one family.
std::size_t count_planned(std::size_t comparable, const std::string& figure, const Question& question) {
  const bool is_asked = std::any_of(question.figures.begin(), question.figures.end(),
                                    [&](const AskedFigure& asked) { return asked.figure == figure; });
  return std::max<std::size_t>(comparable * (is_asked ? question.figures.size() : 1), 1);
}

}  // namespace

IsComparable same_parts(const config::Skeleton* skeleton) {
  return [skeleton](const ReportedCell& cell, const ReportedCell& baseline, const std::string& figure) {
    return !skeleton || counts_the_same_parts(*skeleton, cell, baseline, figure);
  };
}

const ReportedCell* baseline_of(const ReportedCell& cell, const std::vector<ReportedCell>& cells) {
  const ReportedCell* nearest = nullptr;
  std::size_t least = 0;
  for (const ReportedCell& other : cells) {
    if (!other.is_baseline || cell.is_baseline) continue;
    const std::size_t differences = count_differences(cell.settings, other.settings);
    if (!nearest || differences < least) {
      nearest = &other;
      least = differences;
    }
  }
  return nearest;
}

void compare_with_baseline(std::vector<ReportedCell>& cells, const std::vector<std::string>& figures,
                           evaluation::Interval bounds, const IsComparable& is_comparable, const Question& question) {
  struct Planned {
    ReportedCell& cell;
    const ReportedCell& baseline;
  };
  std::vector<Planned> planned;
  for (ReportedCell& cell : cells) {
    const ReportedCell* const baseline = baseline_of(cell, cells);
    if (!baseline) continue;
    cell.against = Against{baseline->cell, baseline->label, {}};
    planned.push_back({cell, *baseline});
  }
  for (const std::string& figure : figures) {
    std::vector<Planned> comparable;
    for (const Planned& one : planned) {
      if (is_comparable(one.cell, one.baseline, figure)) comparable.push_back(one);
    }
    std::vector<Comparison*> compared;
    const double error = question.alpha / static_cast<double>(count_planned(comparable.size(), figure, question));
    for (const auto& [cell, baseline] : comparable) {
      const std::vector<Pair> pairs = pairs_of(cell, baseline, figure);
      if (usable(differences_of(pairs, 4), question.seeds()).empty()) continue;
      compared.push_back(&(cell.against->figures[figure] = comparison_of(pairs, bounds, question.seeds(), error)));
    }
    correct_for_many(compared, comparable.size());
  }
}

std::vector<evaluation::ComparisonInRounds> asked_comparisons(const std::vector<ReportedCell>& cells,
                                                              const std::vector<AskedFigure>& figures,
                                                              const IsComparable& is_comparable) {
  std::vector<evaluation::ComparisonInRounds> comparisons;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const ReportedCell* const baseline = baseline_of(cells[i], cells);
    for (const AskedFigure& asked : figures) {
      if (!baseline || !is_comparable(cells[i], *baseline, asked.figure)) continue;
      const std::vector<Pair> pairs = pairs_of(cells[i], *baseline, asked.figure);
      const double unit = unit_of(pairs);
      std::optional<double> margin = asked.margin;
      if (margin) *margin /= unit;
      comparisons.push_back({i, differences_of(pairs, unit), margin});
    }
  }
  return comparisons;
}

void answer_question(std::vector<ReportedCell>& cells, const Question& question, const IsComparable& is_comparable) {
  std::vector<evaluation::PlannedComparison> planned;
  std::vector<Comparison*> answered;  // nullptr: without results
  for (const AskedFigure& asked : question.figures) {
    for (const auto& [cell, differences, margin] : asked_comparisons(cells, {asked}, is_comparable)) {
      planned.push_back({usable(differences, question.seeds()), margin});
      auto& figures = cells[cell].against->figures;
      const auto found = figures.find(asked.figure);
      answered.push_back(found == figures.end() ? nullptr : &found->second);
    }
  }
  const std::vector<evaluation::Judgement> judgements = evaluation::judge(planned, question.seeds(), question.alpha);
  for (std::size_t i = 0; i < judgements.size(); ++i) {
    if (!answered[i]) continue;
    answered[i]->finding = judgements[i].finding;
    if (!question.is_stated) continue;
    answered[i]->holm = judgements[i].corrected;
  }
}

}  // namespace pbn::report
