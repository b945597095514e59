#include "orchestrator/report/scatter_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "evaluation/svg.h"
#include "orchestrator/report/columns.h"
#include "orchestrator/report/tables.h"
#include "orchestrator/report/ticks.h"

namespace pbn {
namespace {

constexpr double plot_top = 12, plot_height = 260, axis_height = 34;
constexpr double left = 7, right = 93;       // percent of the width
constexpr std::size_t most_cells = 200;      // dots; the tables have them all
constexpr std::size_t most_with_names = 12;  // more would cover each other

struct Dot {
  std::string label, value;
  double cost, mean, low, high;
  bool is_baseline;
};

struct Range {
  double from, to;

  double share(double value) const { return std::clamp((value - from) / (to - from), 0.0, 1.0); }
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

// With some air on both sides.
template <typename Value>
Range range_of(const std::vector<Dot>& dots, Value value, double least, double most) {
  double low = value(dots[0]), high = low;
  for (const Dot& dot : dots) {
    low = std::min(low, value(dot));
    high = std::max(high, value(dot));
  }
  const double air = std::max({0.15 * (high - low), 0.01 * std::abs(high), 1e-9});
  return {std::max(least, low - air), std::min(most, high + air)};
}

class ScatterChart {
 public:
  ScatterChart(const Json& aggregate, const std::string& cost)
      : aggregate_(aggregate),
        cost_title_(cost == "parameters" ? "million parameters" : "GFLOP per image, forward"),
        dots_(dots_of(aggregate, cost)) {}

  std::string draw() {
    if (dots_.size() < 2) return "";
    across_ = range_of(
        dots_, [](const Dot& dot) { return dot.cost; }, 0, 1e300);
    up_ = range_of(
        dots_, [](const Dot& dot) { return dot.mean; }, -1e300, aggregate_["percent"] ? 100 : 1e300);
    std::string content = axes(), description;
    for (const Dot& dot : dots_) {
      content += draw_dot(dot);
      description += fmt::format("{}: {} at {:.3g}. ", dot.label, dot.value, dot.cost);
    }
    return svg_figure(plot_top + plot_height + axis_height,
                      metric_title(aggregate_["metric"]) + " against " + cost_title_, description, content);
  }

 private:
  std::string x(double cost) const { return svg_length(left + (right - left) * across_.share(cost), "%"); }
  double y(double value) const { return plot_top + plot_height * (1 - up_.share(value)); }

  std::string axes() const {
    std::string content;
    const double bottom = plot_top + plot_height;
    for (const double value : round_ticks(up_.from, up_.to)) {
      const std::string height = svg_length(y(value));
      content += line_element(svg_length(left, "%"), height, svg_length(right, "%"), height, "grid");
      content += text_element({"0", svg_length(y(value) + 4), "tick", fmt::format("{:.4g}", value)});
    }
    for (const double cost : round_ticks(across_.from, across_.to)) {
      content += text_element(
          {x(cost), svg_length(bottom + 16), "tick", fmt::format("{:.4g}", cost), "text-anchor=\"middle\""});
    }
    content +=
        text_element({svg_length(right, "%"), svg_length(bottom + 31), "tick", cost_title_, "text-anchor=\"end\""});
    return content;
  }

  std::string draw_dot(const Dot& dot) const {
    const std::string height = svg_length(y(dot.mean));
    std::string content;
    if (dot.low < dot.high) {
      content += line_element(x(dot.cost), svg_length(y(dot.low)), x(dot.cost), svg_length(y(dot.high)), "error");
    }
    const std::string title = fmt::format("<title>{}: {}</title>", escape_markup(dot.label), dot.value);
    content += dot.is_baseline ? fmt::format(
                                     "<svg x=\"{}\" y=\"{}\" overflow=\"visible\"><rect x=\"-5\" y=\"-5\" width=\"10\" "
                                     "height=\"10\" class=\"dot baseline\">{}</rect></svg>",
                                     x(dot.cost), height, title)
                               : fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"5\" class=\"dot\">{}</circle>",
                                             x(dot.cost), height, title);
    if (dots_.size() > most_with_names) return content;
    const bool is_at_the_right = across_.share(dot.cost) > 0.6;
    return content + text_element({x(dot.cost), svg_length(y(dot.mean) - 8), "value", dot.label,
                                   is_at_the_right ? "text-anchor=\"end\" dx=\"-3\"" : "dx=\"3\""});
  }

  const Json& aggregate_;
  std::string cost_title_;
  std::vector<Dot> dots_;
  Range across_{0, 1}, up_{0, 1};
};

}  // namespace

std::string scatter_chart(const Json& aggregate, const std::string& cost) {
  return ScatterChart(aggregate, cost).draw();
}

}  // namespace pbn
