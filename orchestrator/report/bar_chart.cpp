#include "orchestrator/report/bar_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "evaluation/svg.h"
#include "orchestrator/report/tables.h"

namespace pbn {
namespace {

constexpr double bar_height = 14, bar_gap = 3, label_height = 22, group_gap = 14, axis_height = 30, top = 4;
constexpr double plot_width = 84;  // percent of the figure; the rest is for the figures at the bars' ends

struct Bar {
  Json spread;                // of a cell, or {"n": 1, "mean"} of the mean pose
  std::vector<double> seeds;  // single results
};

struct BarGroup {
  std::string label;
  bool is_floor;
  std::vector<Bar> bars;  // one per column
  std::size_t wanted;
};

std::vector<BarGroup> groups_of(const Json& aggregate, const std::vector<MetricColumn>& columns) {
  std::vector<BarGroup> groups;
  for (const Json& floor : aggregate["outcome"]["floors"]) {
    BarGroup group{floor["label"], true, {}, 1};
    for (const auto& column : columns) {
      const Json mean = floor["figures"].value(column.figure, Json());
      group.bars.push_back({{{"n", mean.is_number()}, {"mean", mean}, {"deviation", 0.0}}, {}});
    }
    groups.push_back(std::move(group));
  }
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    BarGroup group{cell["label"], false, {}, cell["runs"].size()};
    for (const auto& column : columns) {
      Bar bar{cell["figures"].value(column.figure, Json{{"n", 0}}), {}};
      for (const Json& run : cell["runs"]) {
        const Json value = run.value("figures", Json::object()).value(column.figure, Json());
        if (value.is_number()) bar.seeds.push_back(value);
      }
      group.bars.push_back(std::move(bar));
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

// The next ten above everything that is drawn, at most 100.
double axis_end(const std::vector<BarGroup>& groups) {
  double most = 10;
  for (const auto& group : groups) {
    for (const auto& bar : group.bars) {
      if (bar.spread["n"] != 0)
        most = std::max<double>(most, bar.spread["mean"].get<double>() + bar.spread["deviation"].get<double>());
    }
  }
  return std::min(100.0, std::ceil(most / 10) * 10);
}

class BarChart {
 public:
  explicit BarChart(const Json& aggregate)
      : aggregate_(aggregate),
        columns_(metric_columns(aggregate)),
        groups_(groups_of(aggregate, columns_)),
        end_(axis_end(groups_)) {}

  std::string draw() {
    const double group_height =
        label_height + static_cast<double>(columns_.size()) * (bar_height + bar_gap) + group_gap;
    const double bottom = top + static_cast<double>(groups_.size()) * group_height;
    std::string content = axis(bottom);
    double y = top;
    std::string description;
    for (const auto& group : groups_) {
      content += draw_group(group, y);
      description += fmt::format("{}: {}. ", group.label, spread_text(group.bars[0].spread, group.wanted));
      y += group_height;
    }
    return svg_figure(bottom + axis_height, metric_description(aggregate_["metric"]) + " of each cell", description,
                      content);
  }

 private:
  std::string x(double value) const { return svg_length(std::min(value, end_) / end_ * plot_width, "%"); }

  std::string axis(double bottom) const {
    std::string content;
    const double step = end_ > 50 ? 20 : end_ > 20 ? 10 : 5;
    for (double tick = 0; tick <= end_; tick += step) {
      if (tick > 0) content += line_element(x(tick), svg_length(top), x(tick), svg_length(bottom), "grid");
      const char* anchor = tick == 0 ? "text-anchor=\"start\"" : "text-anchor=\"middle\"";
      content += text_element({x(tick), svg_length(bottom + 18), "tick", fmt::format("{:.0f}", tick), anchor});
    }
    content += text_element(
        {"100%", svg_length(bottom + 18), "tick", metric_title(aggregate_["metric"]) + ", %", "text-anchor=\"end\""});
    return content;
  }

  std::string draw_group(const BarGroup& group, double y) const {
    std::string content = text_element({"0", svg_length(y + 15), "label", group.label});
    y += label_height;
    const double bars = static_cast<double>(columns_.size()) * (bar_height + bar_gap);
    content += line_element("0", svg_length(y - bar_gap), "0", svg_length(y + bars), "axis");
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      content += draw_bar(group, group.bars[c], columns_[c].title, y);
      y += bar_height + bar_gap;
    }
    return content;
  }

  std::string draw_bar(const BarGroup& group, const Bar& bar, const std::string& column, double y) const {
    const double middle = y + bar_height / 2;
    const std::string baseline = svg_length(middle + 4);
    if (bar.spread["n"] == 0) {
      return fmt::format("<rect x=\"0\" y=\"{}\" width=\"30%\" height=\"{}\" class=\"absent\"/>", svg_length(y),
                         bar_height) +
             text_element({"8", baseline, "value", column + ": missing"});
    }
    const double mean = bar.spread["mean"], deviation = bar.spread["deviation"];
    const std::string value = spread_text(bar.spread, group.wanted);
    std::string content = fmt::format(
        "<rect x=\"0\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"2\" class=\"bar {}{}\"><title>{}, {}: "
        "{}</title></rect>",
        svg_length(y), x(mean), bar_height, column, group.is_floor ? " floor" : "", escape_markup(group.label), column,
        value);
    if (bar.spread["n"] > 1) {
      content +=
          line_element(x(mean - deviation), svg_length(middle), x(mean + deviation), svg_length(middle), "error");
      for (const double end : {mean - deviation, mean + deviation}) {
        content += line_element(x(end), svg_length(middle - 4), x(end), svg_length(middle + 4), "error");
      }
    }
    for (const double seed : bar.seeds) {
      content += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"2.2\" class=\"seed\"/>", x(seed), svg_length(middle));
    }
    return content + text_element({x(mean + deviation), baseline, "value", value, "dx=\"9\""});
  }

  const Json& aggregate_;
  std::vector<MetricColumn> columns_;
  std::vector<BarGroup> groups_;
  double end_;  // of the axis, in percent
};

}  // namespace

std::string bar_chart(const Json& aggregate) { return BarChart(aggregate).draw(); }

}  // namespace pbn
