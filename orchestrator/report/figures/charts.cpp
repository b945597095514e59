#include "orchestrator/report/figures/charts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
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

// The interval of a SeedSpread or Comparison that is drawn: none of two seeds, and none where an end is infinite, as
// that of a sequential test with few seeds.
template <typename Estimated>
std::optional<evaluation::Interval> drawn_interval(const Estimated& estimated) {
  const auto& interval = estimated.interval;
  const bool is_drawn =
      interval && estimated.two.empty() && std::isfinite(interval->low) && std::isfinite(interval->high);
  return is_drawn ? interval : std::nullopt;
}

// None where no result of the cell has the figure.
std::optional<drawing::Estimate> estimate_of(const ReportedCell& cell, const std::string& figure, bool percent) {
  const SeedSpread* const spread = entry_of(cell.spreads, figure);
  if (!spread || !spread->mean) return std::nullopt;
  return drawing::Estimate{*spread->mean, drawn_interval(*spread), spread_text(*spread, cell.runs.size(), percent),
                           spread->two};
}

std::optional<drawing::Estimate> metric_of_cell(const ReportedCell& cell, const Report& report) {
  return estimate_of(cell, report.metric, report.is_percent);
}

std::vector<drawing::BarChart::Series> series_of(const std::vector<Column>& splits) {
  std::vector<drawing::BarChart::Series> series;
  for (std::size_t i = 0; i < splits.size(); ++i) series.push_back({splits[i].title, style_of_split(i)});
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
  if (const ValuesBySeed* const values = entry_of(cell.figures, figure)) bar.value.singles = present(*values);
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

// On the line between the points; none outside of them.
std::optional<double> value_at(const drawing::CurvePoints& points, double x) {
  const auto next = std::ranges::lower_bound(points, x, {}, [](const auto& point) { return point[0]; });
  if (next == points.end()) return std::nullopt;
  if ((*next)[0] == x) return (*next)[1];
  if (next == points.begin()) return std::nullopt;
  const auto& [x0, y0] = *std::prev(next);
  const auto& [x1, y1] = *next;
  return y0 + (y1 - y0) * (x - x0) / (x1 - x0);
}

// At each x of a run the mean over the runs that have a value there.
drawing::Curve mean_curve(const std::string& label, const std::vector<drawing::CurvePoints>& of_runs) {
  std::set<double> places;
  for (const drawing::CurvePoints& points : of_runs) {
    for (const auto& [x, y] : points) places.insert(x);
  }
  const auto runs = of_runs.size() - static_cast<std::size_t>(std::ranges::count(of_runs, drawing::CurvePoints()));
  drawing::Curve curve{fmt::format("{} ({})", label, counted(runs, "seed")), {}};
  for (const double x : places) {
    std::vector<double> values;
    for (const drawing::CurvePoints& points : of_runs) {
      if (const auto value = value_at(points, x)) values.push_back(*value);
    }
    curve.points.push_back({x, evaluation::spread_of(values).mean});
  }
  return curve;
}

template <typename PointsOf>
drawing::LineChart line_chart_of(const Report& report, const std::string& title, const std::string& axis_title,
                                 PointsOf points_of) {
  drawing::LineChart chart{title, axis_title, {}};
  for (const CellTrace& cell : report.curves) {
    std::vector<drawing::CurvePoints> of_runs;
    for (const RunTrace& run : cell.runs) of_runs.push_back(points_of(run));
    chart.curves.push_back(mean_curve(cell.label, of_runs));
  }
  return chart;
}

}  // namespace

std::string style_of_split(std::size_t split) {
  constexpr std::array styles{"first", "second", "third"};
  return styles[split % styles.size()];
}

drawing::BarChart bar_chart_of(const Report& report) {
  const std::vector<Column>& splits = report.columns.splits;
  drawing::BarChart chart{report.words.metric_in_full + " of each cell",
                          report.words.metric + (report.is_percent ? ", %" : ""), report.is_percent, series_of(splits)};
  for (const Floor& floor : report.floors()) {
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
  drawing::DifferenceChart chart{report.words.metric + ", cell minus baseline", series_of(splits)};
  for (const ReportedCell& cell : report.cells) {
    if (!cell.against) continue;
    drawing::DifferenceChart::Row row{cell.label + " against " + cell.against->label, {}};
    for (std::size_t i = 0; i < splits.size(); ++i) {
      const Comparison* const found = entry_of(cell.against->figures, splits[i].figure);
      if (!found || !found->mean) continue;
      row.differences.push_back(
          {i,
           {*found->mean, drawn_interval(*found), report_difference(found->mean, report.is_percent), found->two},
           found->images ? std::optional(found->images->interval) : std::nullopt});
    }
    if (!row.differences.empty()) chart.rows.push_back(std::move(row));
  }
  return chart;
}

drawing::ScatterChart scatter_chart_of(const Report& report, Cost cost) {
  const std::string axis_title = cost == Cost::parameters ? "million parameters" : "GFLOP per image, forward";
  drawing::ScatterChart chart{report.words.metric + " against " + axis_title, axis_title, report.is_percent};
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
  drawing::SettingChart chart{report.words.metric + " over " + name, name};
  if (setting.empty()) return chart;
  for (auto& [line, labels] : lines_by_other_settings(report, setting)) {
    if (chart.lines.size() == drawing::strokes.size()) break;
    line.label = common_words(labels);
    std::sort(line.points.begin(), line.points.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    chart.lines.push_back(std::move(line));
  }
  return chart;
}

drawing::LineChart curve_chart_of(const Report& report, std::size_t kind) {
  const CurveKind& curve = report.curve_kinds[kind];
  return line_chart_of(report, fmt::format("{} over the {}s", curve.title, curve.over), curve.over,
                       [&](const RunTrace& run) { return run.curves[kind]; });
}

drawing::LineChart threshold_chart_of(const Report& report) {
  return line_chart_of(report, "Joints found over the threshold, %", "threshold, in reference lengths",
                       threshold_points);
}

}  // namespace pbn::report
