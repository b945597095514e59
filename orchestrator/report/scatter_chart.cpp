#include "orchestrator/report/scatter_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/number_text.h"
#include "drawing/svg.h"
#include "orchestrator/report/columns.h"
#include "orchestrator/report/strokes.h"
#include "orchestrator/report/tables.h"
#include "orchestrator/report/ticks.h"

namespace pbn {
namespace {

constexpr double plot_top = 12, plot_height = 260, axis_height = 34, legend_line = 19;
constexpr double left = 13, right = 95;                  // percent of the width
constexpr std::size_t most_cells = 200;                  // dots; the tables have them all
constexpr std::size_t most_with_names = strokes.size();  // below the frame, where they cover nothing

struct Dot {
  std::string label, value;
  double cost, mean, low, high;
  bool is_baseline;
};

std::vector<Dot> dots_of(const Json& aggregate, const std::string& cost) {
  std::vector<Dot> dots;
  const std::string metric = aggregate["metric"];
  const double unit = cost == "parameters" ? 1e-6 : 1;
  for (const Json& cell : aggregate["outcome"]["cells"]) {
    const Json spread = cell["spreads"].value(metric, Json{{"n", 0}});
    if (spread["n"] == 0 || cell[cost].is_null() || dots.size() == most_cells) continue;
    const double mean = spread["mean"];
    dots.push_back({cell["label"], spread_text(spread, cell["runs"].size(), aggregate["percent"]),
                    unit * cell[cost].get<double>(), mean, spread.value("low", mean), spread.value("high", mean),
                    cell["baseline"]});
  }
  return dots;
}

template <typename Value>
ChartRange range_of(const std::vector<Dot>& dots, Value value, ChartRange bounds) {
  double low = value(dots[0]), high = low;
  for (const Dot& dot : dots) {
    low = std::min(low, value(dot));
    high = std::max(high, value(dot));
  }
  const ChartRange range = with_air(low, high, 0.15, 0.01);
  return {std::max(bounds.from, range.from), std::min(bounds.to, range.to)};
}

class ScatterChart {
 public:
  ScatterChart(const Json& aggregate, const std::string& cost)
      : aggregate_(aggregate),
        cost_title_(cost == "parameters" ? "million parameters" : "GFLOP per image, forward"),
        dots_(dots_of(aggregate, cost)) {}

  std::string draw() {
    if (dots_.size() < 2) return "";
    constexpr double most = std::numeric_limits<double>::max();
    across_ = range_of(dots_, [](const Dot& dot) { return dot.cost; }, {0, most});
    up_ = range_of(dots_, [](const Dot& dot) { return dot.mean; }, {-most, aggregate_["percent"] ? 100 : most});
    std::string content = axes(), description;
    double legend = plot_top + plot_height + axis_height + 12;
    for (std::size_t i = 0; i < dots_.size(); ++i) {
      const Dot& dot = dots_[i];
      content += draw_dot(dot, x(dot.cost), svg_length(y(dot.mean)), i);
      description += fmt::format("{}: {} at {}. ", dot.label, dot.value, significant_text(dot.cost, 3));
      if (!has_names()) continue;
      content += mark(dot, "9", svg_length(legend), i) +
                 text_element({"24", svg_length(legend + 4), "value", dot.label + ": " + dot.value});
      legend += legend_line;
    }
    return svg_figure(has_names() ? legend : plot_top + plot_height + axis_height,
                      metric_title(aggregate_["metric"]) + " against " + cost_title_, description, content);
  }

 private:
  std::string x(double cost) const { return svg_length(left + (right - left) * across_.share(cost), "%"); }
  double y(double value) const { return plot_top + plot_height * (1 - up_.share(value)); }

  std::string axes() const {
    std::string content;
    const double bottom = plot_top + plot_height;
    const std::vector<double> up = round_ticks(up_.from, up_.to), across = round_ticks(across_.from, across_.to);
    for (const double value : up) {
      const std::string height = svg_length(y(value));
      content += line_element(svg_length(left, "%"), height, svg_length(right, "%"), height, "grid");
      content += text_element({"0", svg_length(y(value) + 4), "tick", tick_text(value, up)});
    }
    for (const double cost : across) {
      content += text_element(
          {x(cost), svg_length(bottom + 16), "tick", tick_text_across(cost, across), "text-anchor=\"middle\""});
    }
    content +=
        text_element({svg_length(right, "%"), svg_length(bottom + 31), "tick", cost_title_, "text-anchor=\"end\""});
    return content;
  }

  bool has_names() const { return dots_.size() <= most_with_names; }

  // A disc, of a baseline a square; in a colour of its own where the cell is named below.
  std::string mark(const Dot& dot, const std::string& at, const std::string& height, std::size_t number) const {
    const std::string look = has_names()       ? fmt::format("class=\"named\" fill=\"{}\"", strokes[number].colour)
                             : dot.is_baseline ? "class=\"dot baseline\""
                                               : "class=\"dot\"";
    const std::string title = fmt::format("<title>{}: {}</title>", escape_markup(dot.label), dot.value);
    if (!dot.is_baseline) {
      return fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"5\" {}>{}</circle>", at, height, look, title);
    }
    return fmt::format(
        "<svg x=\"{}\" y=\"{}\" overflow=\"visible\"><rect x=\"-5\" y=\"-5\" width=\"10\" height=\"10\" "
        "{}>{}</rect></svg>",
        at, height, look, title);
  }

  std::string draw_dot(const Dot& dot, const std::string& at, const std::string& height, std::size_t number) const {
    std::string content;
    if (dot.low < dot.high) {
      content += line_element(at, svg_length(y(dot.low)), at, svg_length(y(dot.high)), "error");
      if (dot.low < up_.from) content += cut_mark(at, svg_length(y(dot.low)), Direction::down);
      if (dot.high > up_.to) content += cut_mark(at, svg_length(y(dot.high)), Direction::up);
    }
    return content + mark(dot, at, height, number);
  }

  const Json& aggregate_;
  std::string cost_title_;
  std::vector<Dot> dots_;
  ChartRange across_{0, 1}, up_{0, 1};
};

}  // namespace

std::string scatter_chart(const Json& aggregate, const std::string& cost) {
  return ScatterChart(aggregate, cost).draw();
}

}  // namespace pbn
