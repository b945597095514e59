#include "drawing/setting_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

namespace pbn::drawing {
namespace {

// The setting's values at equal distances.
struct SettingAxis {
  std::vector<double> values;

  // Lines are shifted a little, so that intervals at the same value do not overlap.
  std::string x(double value, std::size_t line, std::size_t lines) const {
    const auto place = static_cast<double>(std::lower_bound(values.begin(), values.end(), value) - values.begin());
    const double share = (place + 0.5) / static_cast<double>(values.size());
    const double beside = static_cast<double>(line) - 0.5 * static_cast<double>(lines - 1);
    return svg_length(frame_left + frame_width * share + 0.9 * beside, "%");
  }

  std::string numbers() const {
    std::string content;
    for (const double value : values) {
      content += text_element({x(value, 0, 1), svg_length(VerticalAxis::bottom + 17), "tick",
                               significant_text(value, 6), "text-anchor=\"middle\""});
    }
    return content;
  }
};

SettingAxis setting_axis_of(const SettingChart& chart) {
  std::set<double> values;
  for (const auto& line : chart.lines) {
    for (const auto& point : line.points) values.insert(point.at);
  }
  return {{values.begin(), values.end()}};
}

ChartRange range_of_lines(const SettingChart& chart) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  const auto widen = [&](double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  };
  for (const auto& line : chart.lines) {
    for (const auto& point : line.points) {
      widen(point.value.mean);
      for (const double single : point.value.singles) widen(single);
    }
    if (line.across) widen(line.across->mean);
  }
  return with_margin(low, high, 0.25, 0.005);
}

std::string straight_line(const std::string& x1, const std::string& y1, const std::string& x2, const std::string& y2,
                          const Stroke& stroke) {
  return fmt::format(
      "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" class=\"curve\" stroke=\"{}\" stroke-dasharray=\"{}\"/>", x1, y1,
      x2, y2, stroke.colour, stroke.dashes);
}

std::string drawn_line(const SettingChart& chart, std::size_t number, const SettingAxis& across,
                       const VerticalAxis& up) {
  const auto& line = chart.lines[number];
  const Stroke& stroke = strokes[number];
  std::string content;
  if (line.across) {
    const std::string y = up.y(line.across->mean);
    content += straight_line(svg_length(frame_left, "%"), y, svg_length(frame_left + frame_width, "%"), y, stroke);
  }
  std::string before_x, before_y;
  for (const auto& point : line.points) {
    const std::string x = across.x(point.at, number, chart.lines.size()), y = up.y(point.value.mean);
    if (!before_x.empty()) content += straight_line(before_x, before_y, x, y, stroke);
    if (point.value.interval) content += up.interval(*point.value.interval, x, "error");
    content += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"4.5\" fill=\"{}\">{}</circle>", x, y, stroke.colour,
                           title_element(fmt::format("{}: {}", point.label, point.value.text))) +
               up.singles(point.value, x);
    before_x = x;
    before_y = y;
  }
  return content;
}

std::string line_in_words(const SettingChart::Line& line) {
  std::string words = line.label + ": " + (line.across ? line.across->text : "");
  for (const auto& point : line.points)
    words += fmt::format("{}: {}, ", significant_text(point.at, 6), point.value.text);
  return words + ". ";
}

}  // namespace

std::string setting_chart(const SettingChart& chart) {
  const SettingAxis across = setting_axis_of(chart);
  if (across.values.size() < 2) return "";
  const VerticalAxis up{range_of_lines(chart)};
  std::string content = up.numbers_and_grid() + across.numbers() +
                        axis_title(frame_left + frame_width, VerticalAxis::bottom, chart.setting);
  std::string description;
  double y = legend_top;
  for (std::size_t i = 0; i < std::min(strokes.size(), chart.lines.size()); ++i) {
    const TextBlock legend = line_legend(y, strokes[i], chart.lines[i].label);
    content += drawn_line(chart, i, across, up) + legend.svg;
    description += line_in_words(chart.lines[i]);
    y += legend.height;
  }
  return svg_figure(y, chart.title, description, content);
}

}  // namespace pbn::drawing
