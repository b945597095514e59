#include "orchestrator/report/content/seed_rounds.h"

#include <algorithm>
#include <set>

#include "orchestrator/report/content/pose_study.h"
#include "orchestrator/report/statistics/comparison.h"
#include "orchestrator/report/statistics/run_results.h"
#include "orchestrator/runs/sweep_runs.h"

namespace pbn::report {
namespace {

// The first figure of the results, where the grid of an external worker names none.
std::string first_figure(const std::vector<CellResults>& results) {
  std::string first;
  for (const CellResults& cell : results) {
    if (cell.figures.empty()) continue;
    const std::string& name = cell.figures.begin()->first;
    if (first.empty() || name < first) first = name;
  }
  return first;
}

std::vector<ReportedCell> compared_cells(const grid::Sweep& sweep, std::vector<CellResults>& results) {
  std::vector<ReportedCell> cells(sweep.cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells[i].is_baseline = sweep.cells[i].is_baseline;
    cells[i].settings = sweep.cells[i].differing();
    cells[i].figures = std::move(results[i].figures);
  }
  return cells;
}

// A baseline has as many seeds as the cell of its comparisons that has most.
void give_baselines_seeds(const std::vector<ReportedCell>& cells, std::vector<int>& seeds) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const ReportedCell* const baseline = baseline_of(cells[i], cells);
    if (!baseline) continue;
    int& of_baseline = seeds[static_cast<std::size_t>(baseline - cells.data())];
    of_baseline = std::max(of_baseline, seeds[i]);
  }
}

bool has_data(const grid::Sweep& sweep) {
  return std::ranges::none_of(sweep.cells, [](const grid::Cell& cell) { return cell.id.empty(); });
}

}  // namespace

Question question_of(const grid::Sweep& sweep, const std::string& metric) {
  const grid::Question& given = sweep.grid.question;
  Question question;
  question.alpha = given.alpha;
  question.is_stated = given.is_stated || sweep.grid.rule;
  question.is_illustration = sweep.grid.is_illustration;
  question.rule = sweep.grid.rule;
  question.rounds = sweep.rounds.rounds;
  question.is_over = sweep.rounds.is_over;
  // All figures of evaluation/metrics.h count joints that are found.
  const auto better = [&](grid::Better stated) {
    return stated == grid::Better::unknown && has_poses(sweep) ? grid::Better::higher : stated;
  };
  question.figures.push_back({metric, better(given.figure.better), given.figure.margin});
  if (given.also) question.figures.push_back({sweep.also, better(given.also->better), given.also->margin});
  return question;
}

std::vector<std::uint32_t> asked_seeds(const grid::Sweep& sweep) {
  std::size_t most = 0;
  for (const grid::Cell& cell : sweep.cells) most = std::max(most, cell.runs.size());
  std::vector<std::uint32_t> seeds = sweep.grid.seeds;
  seeds.resize(std::min(seeds.size(), most));
  return seeds;
}

std::optional<EarlierReport> earlier_report(const grid::Sweep& sweep, const runs::RunStore& store) {
  std::set<std::string> ours;
  for (const grid::Cell& cell : sweep.cells) {
    for (const grid::Run& run : cell.runs) ours.insert(run.id);
  }
  const std::string name = sweep.folder_name(), same_grid = name.substr(0, name.rfind('-') + 1);
  std::optional<EarlierReport> earlier;
  for (const std::string& other : runs::recorded_sweeps(store)) {
    if (other == name || !other.starts_with(same_grid)) continue;
    if (!exists(store.sweeps() / other / "report" / "aggregate.json")) continue;
    const runs::SweepRuns theirs = runs::read_sweep_runs(store, other);
    const std::vector<std::string> ids = theirs.ids();
    const bool are_ours = std::ranges::all_of(ids, [&](const std::string& id) { return ours.contains(id); });
    if (!are_ours || ids.size() >= ours.size() || theirs.cells.size() != sweep.cells.size()) continue;
    std::size_t seeds = 0;
    for (const runs::CellRuns& cell : theirs.cells) seeds = std::max(seeds, cell.runs.size());
    if (!earlier || seeds > earlier->seeds) earlier = EarlierReport{other, seeds};
  }
  return earlier;
}

void keep_asked_seeds(grid::Sweep& sweep, const runs::RunStore& store) {
  if (!sweep.grid.rule) return;
  std::vector<int> seeds(sweep.cells.size(), sweep.grid.rule->least);
  if (has_data(sweep)) {
    std::vector<CellResults> results = read_results(sweep, store);
    const std::string metric = sweep.metric.empty() ? first_figure(results) : sweep.metric;
    const std::vector<ReportedCell> cells = compared_cells(sweep, results);
    const IsComparable is_comparable = same_parts(has_poses(sweep) ? &sweep.cells.front().skeleton() : nullptr);
    const Question question = question_of(sweep, metric);
    const auto comparisons = asked_comparisons(cells, question.figures, is_comparable);
    sweep.rounds = evaluation::rounds_so_far(*sweep.grid.rule, cells.size(), comparisons, question.alpha);
    give_baselines_seeds(cells, sweep.rounds.seeds);
    seeds = sweep.rounds.seeds;
  }
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    sweep.cells[i].runs.resize(std::min(sweep.cells[i].runs.size(), static_cast<std::size_t>(seeds[i])));
  }
}

}  // namespace pbn::report
