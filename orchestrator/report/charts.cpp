#include "orchestrator/report/charts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <vector>

#include "evaluation/statistics.h"
#include "orchestrator/report/tables.h"

namespace pbn {
namespace {

std::optional<Interval> interval_in(const Json& of) {
  if (!of.contains("low")) return std::nullopt;
  return Interval{of["low"], of["high"]};
}

Estimate estimate_in(const Json& spread, std::size_t wanted, bool percent) {
  return {spread["mean"], interval_in(spread), spread_text(spread, wanted, percent)};
}

// The metric's, where the cell has a result.
std::optional<Estimate> estimate_of_cell(const Json& cell, const Json& aggregate) {
  const Json spread = cell["spreads"].value(aggregate["metric"].get<std::string>(), Json{{"n", 0}});
  if (spread["n"] == 0) return std::nullopt;
  return estimate_in(spread, cell["runs"].size(), aggregate["percent"]);
}

std::vector<BarChart::Series> series_of(const std::vector<Column>& splits) {
  std::vector<BarChart::Series> series;
  for (const Column& split : splits) series.push_back({split.title, split_class(split)});
  return series;
}

std::string absent_runs(const Json& cell) {
  std::map<std::string, int> states;
  for (const Json& run : cell["runs"]) {
    if (run.contains("reason")) ++states[run["state"]];  // has none otherwise
  }
  std::string words;
  for (const auto& [state, runs] : states) words += fmt::format("{}{} {}", words.empty() ? "" : ", ", runs, state);
  return words;
}

BarChart::Bar bar_of_cell(const Json& cell, const std::string& figure, bool percent) {
  BarChart::Bar bar;
  const std::size_t wanted = cell["runs"].size();
  const Json spread = cell["spreads"].value(figure, Json{{"n", 0}});
  bar.is_there = spread["n"] != 0;
  bar.value = bar.is_there ? estimate_in(spread, wanted, percent) : Estimate{0, {}, spread_text(spread, wanted)};
  for (const Json& value : cell["figures"].value(figure, Json::array())) {
    if (value.is_number()) bar.seeds.push_back(value);
  }
  return bar;
}

// Lists of groups stand for their number.
std::optional<double> number_of(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_array() && !value.empty() && value[0].is_array()) return static_cast<double>(value.size());
  return std::nullopt;
}

// What all labels have in common, word by word.
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
  SettingChart::Line line;
  std::vector<std::string> labels;
};

// By their other settings, in the order of the cells.
std::vector<LineOfCells> lines_by_other_settings(const Json& aggregate, const std::string& setting) {
  std::vector<LineOfCells> lines;
  std::map<std::string, std::size_t> numbers;
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    const auto value = estimate_of_cell(cell, aggregate);
    if (!value) continue;
    Json others = cell["settings"];
    const std::optional<double> at = number_of(others.value(setting, Json()));
    others.erase(setting);
    const auto [number, is_new] = numbers.try_emplace((at ? "" : "across ") + others.dump(), lines.size());
    if (is_new) lines.emplace_back();
    LineOfCells& line = lines[number->second];
    line.labels.push_back(cell["label"]);
    if (at) {
      line.line.points.push_back({*at, cell["label"], *value});
    } else {
      line.line.across = *value;
    }
  }
  return lines;
}

std::string title_with_seeds(const std::string& label, std::size_t runs) {
  return fmt::format("{} ({} {})", label, runs, runs == 1 ? "seed" : "seeds");
}

// Means over the runs, x by x.
Curve mean_curve(const Json& cell, const char* list) {
  std::map<double, std::vector<double>> values;
  std::size_t runs = 0;
  for (const Json& run : cell["runs"]) {
    const Json& points = run[list];
    runs += !points.empty();
    for (std::size_t i = 0; i < points.size(); ++i) {
      const bool is_pair = points[i].is_array();
      const double x = is_pair ? points[i][0].get<double>() : 0.01 * static_cast<double>(i);
      values[x].push_back(is_pair ? points[i][1] : points[i]);
    }
  }
  Curve curve{title_with_seeds(cell["label"], runs), {}};
  for (const auto& [x, of_runs] : values) curve.points.push_back({x, spread_of(of_runs).mean});
  return curve;
}

}  // namespace

std::string split_class(const Column& split) {
  return split.title == "visible" || split.title == "occluded" ? split.title : "overall";
}

BarChart bar_chart_of(const Json& aggregate) {
  const bool percent = aggregate["percent"];
  const std::vector<Column> splits = columns(aggregate).splits;
  BarChart chart{metric_description(aggregate["metric"]) + " of each cell",
                 metric_title(aggregate["metric"]) + (percent ? ", %" : ""), percent, series_of(splits)};
  for (const Json& floor : aggregate["outcome"]["floors"]) {
    BarChart::Group group{floor["label"], "", true};
    for (const Column& split : splits) {
      const Json mean = floor["figures"].value(split.figure, Json());
      const std::string text = spread_text({{"n", mean.is_number()}, {"mean", mean}}, 1, percent);
      group.bars.push_back({mean.is_number(), {mean.is_number() ? mean.get<double>() : 0, {}, text}});
    }
    chart.groups.push_back(std::move(group));
  }
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    BarChart::Group group{cell["label"], absent_runs(cell)};
    for (const Column& split : splits) group.bars.push_back(bar_of_cell(cell, split.figure, percent));
    chart.groups.push_back(std::move(group));
  }
  return chart;
}

DifferenceChart difference_chart_of(const Json& aggregate) {
  const std::vector<Column> splits = columns(aggregate).splits;
  DifferenceChart chart{metric_title(aggregate["metric"]) + ", cell minus baseline", series_of(splits)};
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    if (!cell.contains("against")) continue;
    const Json& against = cell["against"];
    DifferenceChart::Row row{cell["label"].get<std::string>() + " against " + against["label"].get<std::string>(), {}};
    for (std::size_t i = 0; i < splits.size(); ++i) {
      const Json value = against["figures"].value(splits[i].figure, Json{{"mean", nullptr}});
      if (!value["mean"].is_number()) continue;
      const std::string text = report_difference(value["mean"], aggregate["percent"]);
      row.differences.push_back(
          {i, {value["mean"], interval_in(value), text}, interval_in(value.value("images", Json::object()))});
    }
    if (!row.differences.empty()) chart.rows.push_back(std::move(row));
  }
  return chart;
}

ScatterChart scatter_chart_of(const Json& aggregate, const std::string& cost) {
  const bool parameters = cost == "parameters";
  const std::string axis_title = parameters ? "million parameters" : "GFLOP per image, forward";
  ScatterChart chart{metric_title(aggregate["metric"]) + " against " + axis_title, axis_title, aggregate["percent"]};
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    const auto value = estimate_of_cell(cell, aggregate);
    if (!value || cell[cost].is_null()) continue;
    chart.dots.push_back(
        {cell["label"], (parameters ? 1e-6 : 1) * cell[cost].get<double>(), *value, cell["baseline"].get<bool>()});
  }
  return chart;
}

std::string charted_setting(const Json& aggregate) {
  std::map<std::string, std::set<double>> values;
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    for (const auto& [name, value] : cell["settings"].items()) {
      if (const auto number = number_of(value)) values[name].insert(*number);
    }
  }
  std::string most;
  for (const auto& [name, numbers] : values) {
    if (numbers.size() >= 2 && (most.empty() || numbers.size() > values[most].size())) most = name;
  }
  return most;
}

SettingChart setting_chart_of(const Json& aggregate) {
  const std::string setting = charted_setting(aggregate);
  const std::string name = setting == "model.groups" ? "number of groups" : setting;
  SettingChart chart{metric_title(aggregate["metric"]) + " over " + name, name};
  if (setting.empty()) return chart;
  for (LineOfCells& of : lines_by_other_settings(aggregate, setting)) {
    if (chart.lines.size() == strokes.size()) break;
    of.line.label = common_words(of.labels);
    std::sort(of.line.points.begin(), of.line.points.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    chart.lines.push_back(std::move(of.line));
  }
  return chart;
}

LineChart line_chart_of(const Json& aggregate, const char* list, const std::string& title,
                        const std::string& axis_title) {
  LineChart chart{title, axis_title, {}};
  for (const Json& cell : aggregate["outcome"]["curves"]) chart.curves.push_back(mean_curve(cell, list));
  return chart;
}

}  // namespace pbn
