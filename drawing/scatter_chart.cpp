#include "drawing/scatter_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>

namespace pbn::drawing {
namespace {

constexpr std::size_t most_dots = 200;

ChartRange range_of(const std::vector<double>& values, ChartRange bounds) {
  const auto [low, high] = std::ranges::minmax(values);
  const ChartRange range = with_margin(low, high, 0.15, 0.01);
  return {std::max(bounds.from, range.from), std::min(bounds.to, range.to)};
}

std::string mark(const ScatterChart::Dot& dot, const std::string& x, const std::string& y, const std::string& look) {
  const std::string title = title_element(fmt::format("{}: {}", dot.label, dot.value.text));
  if (!dot.is_baseline) {
    return fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"5\" {}>{}</circle>", x, y, look, title);
  }
  return fmt::format(
      "<svg x=\"{}\" y=\"{}\" overflow=\"visible\"><rect x=\"-5\" y=\"-5\" width=\"10\" height=\"10\" "
      "{}>{}</rect></svg>",
      x, y, look, title);
}

}  // namespace

std::string scatter_chart(const ScatterChart& chart) {
  if (chart.dots.size() < 2) return "";
  constexpr double most = std::numeric_limits<double>::max();
  const std::span dots(chart.dots.data(), std::min(most_dots, chart.dots.size()));
  std::vector<double> costs, values;
  for (const auto& dot : dots) {
    costs.push_back(dot.cost);
    values.push_back(dot.value.mean);
    values.insert(values.end(), dot.value.singles.begin(), dot.value.singles.end());
  }
  const HorizontalAxis across{range_of(costs, {0, most}), frame_left, frame_width};
  const VerticalAxis up{range_of(values, {-most, chart.percent ? 100 : most})};
  const bool has_names = dots.size() <= strokes.size();
  std::string content = up.numbers_and_grid() + across.numbers(VerticalAxis::bottom, chart.axis_title), description;
  double y = legend_top;
  for (std::size_t i = 0; i < dots.size(); ++i) {
    const auto& dot = dots[i];
    const std::string look = has_names         ? fmt::format("class=\"named\" fill=\"{}\"", strokes[i].colour)
                             : dot.is_baseline ? "class=\"dot baseline\""
                                               : "class=\"dot\"";
    if (dot.value.low() < dot.value.high()) {
      content += up.interval(*dot.value.interval, across.x(dot.cost), "error");
    }
    content += mark(dot, across.x(dot.cost), up.y(dot.value.mean), look) + up.singles(dot.value, across.x(dot.cost));
    description += fmt::format("{}: {} at {}. ", dot.label, dot.value.text, significant_text(dot.cost, 3));
    if (!has_names) continue;
    const TextBlock legend = legend_entry(y, 24, dot.label + ": " + dot.value.text);
    content += mark(dot, "9", svg_length(y), look) + legend.svg;
    y += legend.height;
  }
  return svg_figure(has_names ? y : VerticalAxis::bottom + 42, chart.title, description, content);
}

}  // namespace pbn::drawing
