#include "orchestrator/report/content/report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/counted.h"
#include "base/error.h"
#include "base/suggestion.h"
#include "config/test_protocol.h"
#include "evaluation/metrics.h"
#include "orchestrator/report/content/curves.h"
#include "orchestrator/report/content/measured.h"
#include "orchestrator/report/content/paper.h"
#include "orchestrator/report/content/pose_study.h"
#include "orchestrator/report/content/seed_rounds.h"
#include "orchestrator/report/content/settings.h"
#include "orchestrator/report/statistics/comparison.h"
#include "orchestrator/report/statistics/run_results.h"
#include "orchestrator/runs/named_protocols.h"
#include "orchestrator/runs/sweep_runs.h"

namespace pbn::report {
namespace {

std::vector<ReportedRun> runs_of(const grid::Cell& cell, const CellResults& results) {
  std::vector<ReportedRun> runs;
  for (std::size_t i = 0; i < cell.runs.size(); ++i) {
    const RunResult& result = results.runs[i];
    runs.push_back({cell.runs[i].seed, cell.runs[i].id, result.state,
                    result.measured ? std::nullopt : std::optional(result.facts.reason), result.work});
  }
  return runs;
}

// The figures of a report, a fifth of those in a result.
struct ChosenFigures {
  std::vector<std::string> shown;  // in columns
  std::set<std::string> kept;      // shown, or compared with the paper
};

// Takes the figures out of `results`: a large sweep has millions.
ReportedCell reported_cell(const grid::Cell& cell, CellResults& results, const ChosenFigures& chosen, bool is_percent) {
  ReportedCell reported;
  reported.label = cell.label;
  reported.cell = cell.id;
  reported.is_baseline = cell.is_baseline;
  reported.settings = cell.differing();
  if (cell.setting("model.head") == "pbn") reported.groups = cell.setting("model.groups").get<PartLists>();
  if (cell.parameters > 0) {
    reported.parameters = cell.parameters;
    reported.gflop_per_image = cell.gflop_per_image;
  }
  for (const std::string& name : chosen.shown) {
    if (const auto* values = entry_of(results.figures, name)) {
      reported.spreads[name] =
          seed_spread(present(*values), is_percent ? evaluation::percentage : evaluation::unbounded);
    }
  }
  ValuesBySeed losses;
  for (const RunResult& run : results.runs) losses.push_back(run.training_loss);
  reported.training_loss = seed_spread(present(losses), is_percent ? evaluation::not_negative : evaluation::unbounded);
  reported.runs = runs_of(cell, results);
  for (const std::string& name : chosen.kept) {
    if (auto found = results.figures.extract(name)) reported.figures.insert(std::move(found));
  }
  reported.others = std::move(results.figures);
  return reported;
}

std::set<std::string> known_figures(const std::vector<CellResults>& results, const std::vector<Floor>& floors) {
  std::set<std::string> known;
  for (const Floor& floor : floors) {
    for (const auto& [name, value] : floor.figures) known.insert(name);
  }
  for (const CellResults& cell : results) {
    for (const auto& [name, values] : cell.figures) known.insert(name);
  }
  return known;
}

// The sweep's metric. The grid of an external worker may name none: then the first figure of its results.
std::string metric_of(const grid::Sweep& sweep, const std::set<std::string>& known) {
  const bool nothing_yet = !has_poses(sweep) && known.empty();
  if (known.contains(sweep.metric) || nothing_yet) return sweep.metric;
  if (sweep.metric.empty()) return *known.begin();
  throw usage_error(sweep.grid.file, suggestion(sweep.metric, std::vector<std::string>(known.begin(), known.end())),
                    "metric: there is no figure \"{}\"", sweep.metric);
}

// The baselines of a grid that --only does not choose. Cells are matched by id, since labels depend on the choice.
std::vector<std::string> baselines_left_out(const grid::Sweep& sweep) {
  std::vector<std::string> left_out;
  if (sweep.grid.only.empty() || sweep.grid.baseline.empty()) return left_out;
  std::set<std::string> chosen;
  for (const grid::Cell& cell : sweep.cells) chosen.insert(cell.id);
  grid::Grid whole = sweep.grid;
  whole.only.clear();
  for (const grid::Cell& cell : grid::plan_sweep(std::move(whole)).cells) {
    if (cell.is_baseline && !chosen.contains(cell.id)) left_out.push_back(cell.label);
  }
  return left_out;
}

void warn_of_left_out_baselines(const grid::Sweep& sweep, std::vector<std::string>& warnings) {
  const std::vector<std::string> left_out = baselines_left_out(sweep);
  if (left_out.empty()) return;
  const bool any =
      std::any_of(sweep.cells.begin(), sweep.cells.end(), [](const grid::Cell& cell) { return cell.is_baseline; });
  warnings.push_back(fmt::format(
      "--only leaves {} out: {}. {}", left_out.size() == 1 ? "a baseline" : counted(left_out.size(), "baseline"),
      fmt::join(left_out, "; "),
      any ? "Cells are compared with the nearest baseline that is left." : "No cell is compared with a baseline."));
}

runs::Devices devices_of(const std::vector<CellResults>& results) {
  runs::Devices devices;
  for (const CellResults& cell : results) {
    for (const RunResult& run : cell.runs) {
      if (run.measured) devices[run.measured->run] = run.measured->device;
    }
  }
  return devices;
}

// "pyramid (scales-0.8-1-1.2-flip)" or "scale-1-flip-shift"; empty for the protocol of the grid if it has no name.
std::string reported_protocol(const grid::Sweep& sweep, const runs::RunStore& store, const std::string& asked) {
  if (sweep.grid.worker.is_external()) return "";
  const grid::Cell& cell = sweep.cells.front();
  std::string name = config::test_protocol(cell.section("test")).name;
  if (!asked.empty() && asked != protocol_of(cell)) {
    name.clear();
    for (const auto& [known, test] : runs::named_protocols(store)) {
      if (config::protocol_name(test) == asked) name = known;
    }
  }
  if (name.empty()) return asked;
  return fmt::format("{} ({})", name, asked.empty() ? protocol_of(cell) : asked);
}

// No mean of a number of seeds that the results have chosen has a t-interval.
void remove_intervals_over_seeds(Report& report) {
  for (ReportedCell& cell : report.cells) {
    for (auto& [figure, spread] : cell.spreads) {
      spread.interval.reset();
      spread.two.clear();
    }
    cell.training_loss.interval.reset();
  }
}

}  // namespace

std::vector<double> present(const ValuesBySeed& values) {
  std::vector<double> numbers;
  for (const auto& value : values) {
    if (value) numbers.push_back(*value);
  }
  return numbers;
}

SeedSpread seed_spread(const std::vector<double>& values, evaluation::Interval bounds) {
  const evaluation::Spread spread = evaluation::spread_of(values);
  SeedSpread seeds;
  seeds.n = spread.n;
  if (spread.n > 0) seeds.mean = spread.mean;
  if (spread.n > 1 && std::isfinite(spread.deviation)) seeds.deviation = spread.deviation;
  seeds.interval = spread.interval(bounds);
  if (spread.n == 2) seeds.two = values;
  return seeds;
}

Words plain_words(const std::string& metric) {
  Words words;
  words.heading = "Report of a sweep";
  words.metric = words.metric_in_full = words.all = metric.empty() ? "no figure yet" : metric;
  words.seed_varies = "The program decides what the seed varies.";
  words.split = "figure";
  words.others_note = "Other figures of the results.";
  words.cost_title = "Cost";
  words.cost_note =
      "Measured on the machines named below; hours are the sum over the finished runs of a cell, times the ranks and "
      "threads that they hold.";
  return words;
}

const std::vector<Floor>& Report::floors() const {
  static const std::vector<Floor> none;
  return pose ? pose->floors : none;
}

Report make_report(const grid::Sweep& sweep, const runs::RunStore& store, const std::string& protocol,
                   const runs::SubmitTimes& submitted) {
  std::vector<CellResults> results = read_results(sweep, store, protocol);
  Report report;
  report.name = sweep.grid.name;
  report.seeds = asked_seeds(sweep);
  report.settings = shared_settings(sweep);
  report.is_percent = has_poses(sweep);
  if (has_poses(sweep)) report.pose = pose_study_of(sweep);
  const std::set<std::string> known = known_figures(results, report.floors());
  report.metric = metric_of(sweep, known);
  report.words = report.pose ? pose_words(report.metric) : plain_words(report.metric);
  report.protocol = reported_protocol(sweep, store, protocol);
  report.question = question_of(sweep, report.metric);
  if (!sweep.grid.rule) report.question.earlier = earlier_report(sweep, store);
  const config::Skeleton* const skeleton = report.pose ? &sweep.cells.front().skeleton() : nullptr;
  report.columns = skeleton ? pose_columns(report.metric, *skeleton, known) : plain_columns(report.metric, known);
  ChosenFigures chosen{report.columns.figures(), paper_figures(report.metric)};
  for (const AskedFigure& asked : report.question.figures) {
    if (std::ranges::find(chosen.shown, asked.figure) == chosen.shown.end()) chosen.shown.push_back(asked.figure);
  }
  chosen.kept.insert(chosen.shown.begin(), chosen.shown.end());
  for (std::size_t i = 0; i < results.size(); ++i) {
    report.cells.push_back(reported_cell(sweep.cells[i], results[i], chosen, report.is_percent));
  }
  compare_with_baseline(report.cells, chosen.shown,
                        report.is_percent ? evaluation::difference_of_percentages : evaluation::unbounded,
                        same_parts(skeleton), report.question);
  answer_question(report.cells, report.question, same_parts(skeleton));
  if (report.question.rule) remove_intervals_over_seeds(report);
  report.curve_kinds = curve_kinds_of(sweep, store, report.metric);
  report.curves = curves_of(sweep, store, report.curve_kinds);
  if (report.pose) add_pose_results(report, sweep, store, protocol);
  report.measured = measured_of(results);
  report.measured.waste = runs::waste_of(store, runs::runs_of(sweep), submitted, devices_of(results));
  warn_of_left_out_baselines(sweep, report.measured.warnings);
  return report;
}

}  // namespace pbn::report
