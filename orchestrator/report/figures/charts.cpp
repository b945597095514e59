#include "orchestrator/report/figures/charts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <vector>

#include "base/counted.h"
#include "evaluation/statistics.h"
#include "orchestrator/report/tables/tables.h"

namespace pbn::report {
namespace {

// None where no result of the cell has the figure.
std::optional<drawing::Estimate> estimate_of(const ReportedCell& cell, const std::string& figure, bool percent) {
  const SeedSpread* const spread = entry_of(cell.spreads, figure);
  if (!spread || !spread->mean) return std::nullopt;
  return drawing::Estimate{*spread->mean, spread->interval, spread_text(*spread, cell.runs.size(), percent)};
}

// None where an end is infinite, as that of a sequential test with few seeds.
std::optional<evaluation::Interval> finite(const std::optional<evaluation::Interval>& interval) {
  return interval && std::isfinite(interval->low) && std::isfinite(interval->high) ? interval : std::nullopt;
}

std::optional<drawing::Estimate> metric_of_cell(const ReportedCell& cell, const Report& report) {
  return estimate_of(cell, report.metric, report.is_percent);
}

std::vector<drawing::BarChart::Series> series_of(const std::vector<Column>& splits) {
  std::vector<drawing::BarChart::Series> series;
  for (const Column& split : splits) series.push_back({split.title, split_class(split)});
  return series;
}

// "1 failed, 2 pending"
std::string states_without_result(const ReportedCell& cell) {
  std::map<std::string, int> states;
  for (const ReportedRun& run : cell.runs) {
    if (run.reason) ++states[run.state];
  }
  std::vector<std::string> counts;
  for (const auto& [state, runs] : states) counts.push_back(fmt::format("{} {}", runs, state));
  return fmt::format("{}", fmt::join(counts, ", "));
}

drawing::BarChart::Bar bar_of_cell(const ReportedCell& cell, const std::string& figure, bool percent) {
  drawing::BarChart::Bar bar;
  const auto value = estimate_of(cell, figure, percent);
  bar.is_there = value.has_value();
  bar.value = value.value_or(drawing::Estimate{0, {}, spread_text({}, cell.runs.size())});
  if (const ValuesBySeed* const values = entry_of(cell.figures, figure)) bar.seeds = present(*values);
  return bar;
}

// A number, or how many groups a list of groups has.
std::optional<double> number_of(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_array() && !value.empty() && value[0].is_array()) return static_cast<double>(value.size());
  return std::nullopt;
}

// The words that all labels share.
std::string common_words(const std::vector<std::string>& labels) {
  std::vector<std::string> common;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    std::istringstream text(labels[i]);
    std::vector<std::string> words;
    for (std::string word; text >> word;) words.push_back(word);
    if (i == 0) common = words;
    std::erase_if(common, [&](const auto& word) { return std::find(words.begin(), words.end(), word) == words.end(); });
  }
  return common.empty() ? "all cells" : fmt::format("{}", fmt::join(common, " "));
}

struct LineOfCells {
  drawing::SettingChart::Line line;
  std::vector<std::string> labels;
};

// One line for each combination of the other settings, in the order of the cells.
std::vector<LineOfCells> lines_by_other_settings(const Report& report, const std::string& setting) {
  std::vector<LineOfCells> lines;
  std::map<std::string, std::size_t> numbers;
  for (const ReportedCell& cell : report.cells) {
    const auto value = metric_of_cell(cell, report);
    if (!value) continue;
    Json others = cell.settings;
    const std::optional<double> at = number_of(others.value(setting, Json()));
    others.erase(setting);
    const auto [number, is_new] = numbers.try_emplace((at ? "" : "across ") + others.dump(), lines.size());
    if (is_new) lines.emplace_back();
    LineOfCells& line = lines[number->second];
    line.labels.push_back(cell.label);
    if (at) {
      line.line.points.push_back({*at, cell.label, *value});
    } else {
      line.line.across = *value;
    }
  }
  return lines;
}

std::optional<double> millions(const std::optional<std::int64_t>& number) {
  return number ? std::optional(1e-6 * static_cast<double>(*number)) : std::nullopt;
}

drawing::CurvePoints threshold_points(const RunTrace& run) {
  drawing::CurvePoints points;
  for (std::size_t i = 0; i < run.thresholds.size(); ++i) {
    points.push_back({0.01 * static_cast<double>(i), run.thresholds[i]});
  }
  return points;
}

// At each x the mean over the runs that have a value there.
template <typename PointsOf>
drawing::Curve mean_curve(const CellTrace& cell, PointsOf points_of) {
  std::map<double, std::vector<double>> values;
  std::size_t runs = 0;
  for (const RunTrace& run : cell.runs) {
    const drawing::CurvePoints points = points_of(run);
    runs += !points.empty();
    for (const auto& [x, y] : points) values[x].push_back(y);
  }
  drawing::Curve curve{fmt::format("{} ({})", cell.label, counted(runs, "seed")), {}};
  for (const auto& [x, of_runs] : values) curve.points.push_back({x, evaluation::spread_of(of_runs).mean});
  return curve;
}

template <typename PointsOf>
drawing::LineChart line_chart_of(const Report& report, const std::string& title, const std::string& axis_title,
                                 PointsOf points_of) {
  drawing::LineChart chart{title, axis_title, {}};
  for (const CellTrace& cell : report.curves) chart.curves.push_back(mean_curve(cell, points_of));
  return chart;
}

}  // namespace

std::string split_class(const Column& split) {
  return split.title == "visible" || split.title == "occluded" ? split.title : "overall";
}

drawing::BarChart bar_chart_of(const Report& report) {
  const std::vector<Column>& splits = report.columns.splits;
  drawing::BarChart chart{metric_description(report.metric) + " of each cell",
                          metric_title(report.metric) + (report.is_percent ? ", %" : ""), report.is_percent,
                          series_of(splits)};
  for (const Floor& floor : report.floors) {
    drawing::BarChart::Group group{floor.label, "", true};
    for (const Column& split : splits) {
      const double* const mean = entry_of(floor.figures, split.figure);
      group.bars.push_back(
          {mean != nullptr, {mean ? *mean : 0, {}, mean ? report_number(*mean, report.is_percent) : no_value}});
    }
    chart.groups.push_back(std::move(group));
  }
  for (const ReportedCell& cell : report.cells) {
    drawing::BarChart::Group group{cell.label, states_without_result(cell)};
    for (const Column& split : splits) group.bars.push_back(bar_of_cell(cell, split.figure, report.is_percent));
    chart.groups.push_back(std::move(group));
  }
  return chart;
}

drawing::DifferenceChart difference_chart_of(const Report& report) {
  const std::vector<Column>& splits = report.columns.splits;
  drawing::DifferenceChart chart{
      metric_title(report.metric) + ", cell minus baseline" + direction_note(report, " (lower is better)"),
      series_of(splits)};
  for (const ReportedCell& cell : report.cells) {
    if (!cell.against) continue;
    drawing::DifferenceChart::Row row{cell.label + " against " + cell.against->label, {}};
    for (std::size_t i = 0; i < splits.size(); ++i) {
      const Comparison* const found = entry_of(cell.against->figures, splits[i].figure);
      if (!found || !found->mean) continue;
      row.differences.push_back(
          {i,
           {*found->mean, finite(found->interval), report_difference(found->mean, report.is_percent)},
           found->images ? std::optional(found->images->interval) : std::nullopt});
    }
    if (!row.differences.empty()) chart.rows.push_back(std::move(row));
  }
  return chart;
}

drawing::ScatterChart scatter_chart_of(const Report& report, Cost cost) {
  const std::string axis_title = cost == Cost::parameters ? "million parameters" : "GFLOP per image, forward";
  drawing::ScatterChart chart{metric_title(report.metric) + " against " + axis_title, axis_title, report.is_percent};
  for (const ReportedCell& cell : report.cells) {
    const auto value = metric_of_cell(cell, report);
    const std::optional<double> cost_of_cell =
        cost == Cost::parameters ? millions(cell.parameters) : cell.gflop_per_image;
    if (value && cost_of_cell) chart.dots.push_back({cell.label, *cost_of_cell, *value, cell.is_baseline});
  }
  return chart;
}

std::string charted_setting(const Report& report) {
  std::map<std::string, std::set<double>> values;
  for (const ReportedCell& cell : report.cells) {
    for (const auto& [name, value] : cell.settings.items()) {
      if (const auto number = number_of(value)) values[name].insert(*number);
    }
  }
  std::string most;
  for (const auto& [name, numbers] : values) {
    if (numbers.size() >= 2 && (most.empty() || numbers.size() > values[most].size())) most = name;
  }
  return most;
}

drawing::SettingChart setting_chart_of(const Report& report) {
  const std::string setting = charted_setting(report);
  const std::string name = setting == "model.groups" ? "number of groups" : setting;
  drawing::SettingChart chart{metric_title(report.metric) + " over " + name, name};
  if (setting.empty()) return chart;
  for (auto& [line, labels] : lines_by_other_settings(report, setting)) {
    if (chart.lines.size() == drawing::strokes.size()) break;
    line.label = common_words(labels);
    std::sort(line.points.begin(), line.points.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    chart.lines.push_back(std::move(line));
  }
  return chart;
}

drawing::LineChart training_chart_of(const Report& report) {
  return line_chart_of(report, "Training loss over the epochs", "epoch",
                       [](const RunTrace& run) { return run.curves.training_loss; });
}

drawing::LineChart validation_chart_of(const Report& report) {
  return line_chart_of(report, metric_title(report.metric) + " on the validation set over the epochs", "epoch",
                       [](const RunTrace& run) { return run.curves.validation; });
}

drawing::LineChart threshold_chart_of(const Report& report) {
  return line_chart_of(report, "Joints found over the threshold, %", "threshold, in reference lengths",
                       threshold_points);
}

}  // namespace pbn::report
