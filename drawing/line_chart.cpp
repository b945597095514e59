#include "drawing/line_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "drawing/plot.h"

namespace pbn::drawing {
namespace {

constexpr std::size_t most_points = 100;  // of a curve
constexpr double nowhere = std::numeric_limits<double>::infinity();

std::vector<Curve> drawn_curves(const LineChart& chart) {
  std::vector<Curve> curves;
  for (const Curve& curve : chart.curves) {
    if (curve.points.size() < 2 || curves.size() == strokes.size()) continue;
    curves.push_back({curve.label, thinned(curve.points, most_points)});
  }
  return curves;
}

// A nested <svg> that is stretched to the frame, while the line keeps its width. The page's script reads its data-
// attributes.
std::string drawn_curve(const Curve& curve, const ChartRange& across, const ChartRange& up, const Stroke& stroke) {
  std::string points;
  for (const auto& [x, y] : curve.points) {
    points +=
        fmt::format("{}{:.2f},{:.2f}", points.empty() ? "" : " ", 1000 * across.share(x), 1000 * (1 - up.share(y)));
  }
  return fmt::format(
      "<svg x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\" "
      "overflow=\"visible\"><polyline class=\"curve\" points=\"{}\" stroke=\"{}\" stroke-dasharray=\"{}\" "
      "vector-effect=\"non-scaling-stroke\" data-x=\"{:.6g},{:.6g}\" data-y=\"{:.6g},{:.6g}\" "
      "data-name=\"{}\">{}</polyline></svg>",
      svg_length(frame_left, "%"), VerticalAxis::top, svg_length(frame_width, "%"), VerticalAxis::height, points,
      stroke.colour, stroke.dashes, across.from, across.to, up.from, up.to, escape_markup(curve.label),
      title_element(curve.label));
}

}  // namespace

CurvePoints thinned(const CurvePoints& points, std::size_t most) {
  if (points.size() <= most) return points;
  CurvePoints chosen;
  const std::size_t stride = (points.size() + most - 2) / (most - 1);
  for (std::size_t i = 0; i + 1 < points.size(); i += stride) chosen.push_back(points[i]);
  chosen.push_back(points.back());
  return chosen;
}

std::string line_chart(const LineChart& chart) {
  const std::vector<Curve> curves = drawn_curves(chart);
  if (curves.empty()) return "";
  ChartRange across{nowhere, -nowhere}, up{nowhere, -nowhere};
  for (const Curve& curve : curves) {
    for (const auto& [x, y] : curve.points) {
      across = {std::min(across.from, x), std::max(across.to, x)};
      up = {std::min(up.from, y), std::max(up.to, y)};
    }
  }
  if (up.from == up.to) up = with_margin(up.from, up.to, 0, 0.5);
  const HorizontalAxis horizontal{across, frame_left, frame_width};
  std::string content =
      VerticalAxis{up}.numbers_and_grid() + horizontal.numbers(VerticalAxis::bottom, chart.axis_title);
  std::string description;
  double y = legend_top;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const TextBlock legend = line_legend(y, strokes[i], curves[i].label);
    content += drawn_curve(curves[i], across, up, strokes[i]) + legend.svg;
    description += fmt::format("{}: from {} to {}. ", curves[i].label, significant_text(curves[i].points.front()[1], 3),
                               significant_text(curves[i].points.back()[1], 3));
    y += legend.height;
  }
  return svg_figure(y, chart.title, description, content);
}

}  // namespace pbn::drawing
