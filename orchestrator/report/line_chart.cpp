#include "orchestrator/report/line_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/number_text.h"
#include "drawing/svg.h"
#include "orchestrator/report/strokes.h"
#include "orchestrator/report/ticks.h"

namespace pbn {
namespace {

constexpr double plot_top = 12, plot_height = 260, axis_height = 40, legend_line = 19;
constexpr double left = 13, width = 84;   // percent
constexpr std::size_t most_points = 100;  // of a curve on the page

constexpr double nowhere = std::numeric_limits<double>::infinity();

struct Box {
  ChartRange x{nowhere, -nowhere}, y{nowhere, -nowhere};
};

Box box_around(const std::vector<Curve>& curves) {
  Box box;
  for (const Curve& curve : curves) {
    for (const auto& [x, y] : curve.points) {
      box = {{std::min(box.x.from, x), std::max(box.x.to, x)}, {std::min(box.y.from, y), std::max(box.y.to, y)}};
    }
  }
  if (box.y.from == box.y.to) box.y = with_air(box.y.from, box.y.to, 0, 0.5);
  return box;
}

std::vector<Curve> drawn_curves(const LineChart& chart) {
  std::vector<Curve> curves;
  for (const Curve& curve : chart.curves) {
    if (curve.points.size() < 2 || curves.size() == strokes.size()) continue;
    curves.push_back({curve.label, thinned(curve.points, most_points)});
  }
  return curves;
}

std::string axes(const Box& box, const std::string& x_title) {
  std::string content;
  const std::vector<double> up = round_ticks(box.y.from, box.y.to), across = round_ticks(box.x.from, box.x.to);
  for (const double value : up) {
    const double y = plot_top + plot_height * (1 - box.y.share(value));
    content += line_element(svg_length(left, "%"), svg_length(y), svg_length(left + width, "%"), svg_length(y), "grid");
    content += text_element({"0", svg_length(y + 4), "tick", tick_text(value, up)});
  }
  for (const double value : across) {
    content +=
        text_element({svg_length(left + box.x.share(value) * width, "%"), svg_length(plot_top + plot_height + 16),
                      "tick", tick_text_across(value, across), "text-anchor=\"middle\""});
  }
  return content + text_element({svg_length(left + width, "%"), svg_length(plot_top + plot_height + 32), "tick",
                                 x_title, "text-anchor=\"end\""});
}

// In a frame of its own that is stretched to its place, the line keeping its width.
std::string draw_curve(const Curve& curve, const Box& box, const Stroke& stroke) {
  std::string points;
  for (const auto& [x, y] : curve.points) {
    points +=
        fmt::format("{}{:.2f},{:.2f}", points.empty() ? "" : " ", 1000 * box.x.share(x), 1000 * (1 - box.y.share(y)));
  }
  return fmt::format(
      "<svg x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\" "
      "overflow=\"visible\"><polyline class=\"curve\" points=\"{}\" stroke=\"{}\" stroke-dasharray=\"{}\" "
      "vector-effect=\"non-scaling-stroke\" data-x=\"{:.6g},{:.6g}\" data-y=\"{:.6g},{:.6g}\" "
      "data-name=\"{}\"><title>{}</title></polyline></svg>",
      svg_length(left, "%"), plot_top, svg_length(width, "%"), plot_height, points, stroke.colour, stroke.dashes,
      box.x.from, box.x.to, box.y.from, box.y.to, escape_markup(curve.label), escape_markup(curve.label));
}

}  // namespace

std::string line_chart(const LineChart& chart) {
  const std::vector<Curve> curves = drawn_curves(chart);
  if (curves.empty()) return "";
  const Box box = box_around(curves);
  std::string content = axes(box, chart.x_title), description;
  double y = plot_top + plot_height + axis_height + 8;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    content += draw_curve(curves[i], box, strokes[i]);
    content += fmt::format(
        "<line x1=\"0\" x2=\"34\" y1=\"{0}\" y2=\"{0}\" class=\"curve\" stroke=\"{1}\" stroke-dasharray=\"{2}\"/>",
        svg_length(y), strokes[i].colour, strokes[i].dashes);
    content += text_element({"42", svg_length(y + 4), "value", curves[i].label});
    description += fmt::format("{}: from {} to {}. ", curves[i].label, significant_text(curves[i].points.front()[1], 3),
                               significant_text(curves[i].points.back()[1], 3));
    y += legend_line;
  }
  return svg_figure(y, chart.title, description, content);
}

}  // namespace pbn
