#include "orchestrator/report/bar_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "drawing/svg.h"
#include "orchestrator/report/tables.h"
#include "orchestrator/report/ticks.h"

namespace pbn {
namespace {

constexpr double bar_height = 14, bar_gap = 3, label_height = 22, group_gap = 14, axis_height = 40, top = 4;
constexpr double plot_width = 68;  // percent of the figure; the rest is for the figures at the bars' ends

constexpr std::size_t most_cells = 60;  // more cannot be told apart; the tables have them all

struct Bar {
  Json spread;                // of a cell, or {"n": 1, "mean"} of the mean pose
  std::vector<double> seeds;  // single results

  bool is_there() const { return spread["n"] != 0; }
  double mean() const { return spread["mean"]; }
  double low() const { return spread.value("low", mean()); }
  double high() const { return spread.value("high", mean()); }
  double end() const {
    return std::max({0.0, high(), seeds.empty() ? 0 : *std::max_element(seeds.begin(), seeds.end())});
  }  // of what is drawn
};

struct BarGroup {
  std::string label;
  std::string absent;  // "1 failed, 2 pending": of its runs without a result
  bool is_floor;
  std::vector<Bar> bars;  // one per column
  std::size_t wanted;
};

std::string absent_runs(const Json& cell) {
  std::map<std::string, int> states;
  for (const Json& run : cell["runs"]) {
    if (run.contains("reason")) ++states[run["state"]];  // has none otherwise
  }
  std::string words;
  for (const auto& [state, runs] : states) words += fmt::format("{}{} {}", words.empty() ? "" : ", ", runs, state);
  return words;
}

std::vector<BarGroup> groups_of(const Json& aggregate, const std::vector<Column>& columns) {
  std::vector<BarGroup> groups;
  for (const Json& floor : aggregate["outcome"]["floors"]) {
    BarGroup group{floor["label"], "", true, {}, 1};
    for (const auto& column : columns) {
      const Json mean = floor["figures"].value(column.figure, Json());
      group.bars.push_back({{{"n", mean.is_number()}, {"mean", mean}}, {}});
    }
    groups.push_back(std::move(group));
  }
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    if (groups.size() == most_cells) break;
    BarGroup group{cell["label"], absent_runs(cell), false, {}, cell["runs"].size()};
    for (const auto& column : columns) {
      Bar bar{cell["spreads"].value(column.figure, Json{{"n", 0}}), {}};
      for (const Json& value : cell["figures"].value(column.figure, Json::array())) {
        if (value.is_number()) bar.seeds.push_back(value);
      }
      group.bars.push_back(std::move(bar));
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

// 1, 2 or 5 times a power of ten, the first that is not below.
double round_number_above(double value) {
  const double power = std::pow(10, std::floor(std::log10(value)));
  double above = 10 * power;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (factor * power >= value) above = factor * power;
  }
  return std::min(above, std::numeric_limits<double>::max());
}

// Round numbers around 0 and all single results; intervals of few seeds may reach beyond and are cut off there.
ChartRange axis_of(const std::vector<BarGroup>& groups, bool percent) {
  double least = 0, most = 0;
  const auto widen = [&](double value) {
    least = std::min(least, value);
    most = std::max(most, value);
  };
  for (const auto& group : groups) {
    for (const auto& bar : group.bars) {
      if (bar.is_there()) widen(bar.mean());
      for (const double seed : bar.seeds) widen(seed);
    }
  }
  if (percent) return {0, std::clamp(std::ceil(most / 10) * 10, 10.0, 100.0)};
  if (least == most) return {0, 1};
  return {least < 0 ? -round_number_above(-least) : 0, most > 0 ? round_number_above(most) : 0};
}

class BarChart {
 public:
  explicit BarChart(const Json& aggregate)
      : aggregate_(aggregate),
        columns_(columns(aggregate).splits),
        groups_(groups_of(aggregate, columns_)),
        percent_(aggregate["percent"]),
        axis_(axis_of(groups_, percent_)) {}

  std::string draw() {
    const double group_height =
        label_height + static_cast<double>(columns_.size()) * (bar_height + bar_gap) + group_gap;
    const double bottom = top + static_cast<double>(groups_.size()) * group_height;
    std::string content = axis(bottom);
    double y = top;
    std::string description;
    for (const auto& group : groups_) {
      content += draw_group(group, y);
      description += fmt::format("{}: {}. ", group.label + (group.absent.empty() ? "" : ", " + group.absent),
                                 spread_text(group.bars[0].spread, group.wanted, percent_));
      y += group_height;
    }
    return svg_figure(bottom + axis_height, metric_description(aggregate_["metric"]) + " of each cell", description,
                      content);
  }

 private:
  double share(double value) const { return axis_.share(value) * plot_width; }
  std::string x(double value) const { return svg_length(share(value), "%"); }

  std::string axis(double bottom) const {
    std::string content;
    const std::vector<double> ticks = round_ticks(axis_.from, axis_.to);
    for (const double tick : ticks) {
      if (tick != 0) content += line_element(x(tick), svg_length(top), x(tick), svg_length(bottom), "grid");
      const char* anchor = tick == axis_.from ? "text-anchor=\"start\"" : "text-anchor=\"middle\"";
      content += text_element({x(tick), svg_length(bottom + 18), "tick", tick_text_across(tick, ticks), anchor});
    }
    content += text_element({"100%", svg_length(bottom + 35), "tick",
                             metric_title(aggregate_["metric"]) + (percent_ ? ", %" : ""), "text-anchor=\"end\""});
    return content;
  }

  std::string draw_group(const BarGroup& group, double y) const {
    const std::string absent = group.absent.empty() ? "" : " (" + group.absent + ")";
    std::string content = text_element({"0", svg_length(y + 15), "label", group.label + absent});
    y += label_height;
    const double bars = static_cast<double>(columns_.size()) * (bar_height + bar_gap);
    content += line_element(x(0), svg_length(y - bar_gap), x(0), svg_length(y + bars), "axis");
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      content += draw_bar(group, group.bars[c], columns_[c], y);
      y += bar_height + bar_gap;
    }
    return content;
  }

  std::string draw_bar(const BarGroup& group, const Bar& bar, const Column& column, double y) const {
    const double middle = y + bar_height / 2;
    const std::string baseline = svg_length(middle + 4);
    if (!bar.is_there()) {
      return fmt::format("<rect x=\"0\" y=\"{}\" width=\"30%\" height=\"{}\" class=\"absent\"/>", svg_length(y),
                         bar_height) +
             text_element({"8", baseline, "value", column.title + ": missing"});
    }
    const std::string value = spread_text(bar.spread, group.wanted, percent_);
    std::string content = fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"2\" class=\"bar {}{}\"><title>{}, {}: "
        "{}</title></rect>",
        svg_length(std::min(share(0), share(bar.mean())), "%"), svg_length(y),
        svg_length(std::abs(share(bar.mean()) - share(0)), "%"), bar_height, split_class(column),
        group.is_floor ? " floor" : "", escape_markup(group.label), escape_markup(column.title), value);
    if (bar.spread.contains("low")) content += draw_interval(bar, middle);
    for (const double seed : bar.seeds) {
      content += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"2.2\" class=\"seed\"/>", x(seed), svg_length(middle));
    }
    return content + text_element({x(bar.end()), baseline, "value", value, "dx=\"9\""});
  }

  std::string draw_interval(const Bar& bar, double middle) const {
    const std::string y = svg_length(middle);
    std::string content = line_element(x(bar.low()), y, x(bar.high()), y, "error");
    for (const double end : {bar.low(), bar.high()}) {
      content += end < axis_.from ? cut_mark(x(end), y, Direction::left)
                 : end > axis_.to
                     ? cut_mark(x(end), y, Direction::right)
                     : line_element(x(end), svg_length(middle - 4), x(end), svg_length(middle + 4), "error");
    }
    return content;
  }

  const Json& aggregate_;
  std::vector<Column> columns_;
  std::vector<BarGroup> groups_;
  bool percent_;
  ChartRange axis_;
};

}  // namespace

std::string split_class(const Column& split) {
  return split.title == "visible" || split.title == "occluded" ? split.title : "overall";
}

std::string bar_chart(const Json& aggregate) { return BarChart(aggregate).draw(); }

}  // namespace pbn
