#include "drawing/difference_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace pbn::drawing {
namespace {

constexpr double row_height = 18, row_gap = 10, rows_top = 4, axis_height = 40, legend_height = 24;
constexpr std::size_t most_rows = 40;

using DifferenceRows = std::span<const DifferenceChart::Row>;

// Half the width of the frame, in values. All means, single differences and intervals over photographs fit in;
// intervals over the seeds may be ten times as long, and are cut off.
double extent_of(DifferenceRows rows) {
  double extent = 0;
  for (const auto& row : rows) {
    for (const auto& difference : row.differences) {
      extent = std::max(extent, 2 * std::abs(difference.value.mean));
      for (const double single : difference.value.singles) extent = std::max(extent, 1.2 * std::abs(single));
      const auto& interval = difference.over_photographs;
      if (interval) extent = std::max({extent, 1.2 * std::abs(interval->low), 1.2 * std::abs(interval->high)});
    }
  }
  return extent > 0 ? std::min(extent, std::numeric_limits<double>::max()) : 1;
}

std::string dot(const std::string& x, double y, const BarChart::Series& series, const std::string& title) {
  return fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"5\" class=\"bar {}\">{}</circle>", x, svg_length(y), series.style,
                     title);
}

std::string drawn_difference(const std::string& label, const DifferenceChart::Difference& difference,
                             const BarChart::Series& series, const HorizontalAxis& axis, double y) {
  const Estimate& value = difference.value;
  return (value.interval ? axis.interval(*value.interval, y, "difference") : "") +
         (difference.over_photographs ? axis.interval(*difference.over_photographs, y + 6, "images") : "") +
         dot(axis.x(value.mean), y, series, title_element(fmt::format("{}, {}: {}", label, series.title, value.text))) +
         axis.singles(value, y) + text_element({"100%", svg_length(y + 4), "value", value.text, "text-anchor=\"end\""});
}

std::string legend_of_series(const std::vector<BarChart::Series>& series, double y) {
  std::string content;
  double at = 1;
  for (const auto& entry : series) {
    content += dot(svg_length(at, "%"), y, entry, "") +
               text_element({svg_length(at, "%"), svg_length(y + 4), "value", entry.title, "dx=\"10\""});
    at += 30;
  }
  return content;
}

}  // namespace

std::string difference_chart(const DifferenceChart& chart) {
  if (chart.rows.empty()) return "";
  const DifferenceRows rows(chart.rows.data(), std::min(most_rows, chart.rows.size()));
  const double extent = extent_of(rows);
  const HorizontalAxis axis{{-extent, extent}, 1, 79};  // the numbers are beside the frame
  std::string content, description;
  double y = rows_top;
  for (const auto& row : rows) {
    const TextBlock label = heading(y, row.label);
    content += label.svg;
    y += label.height;
    description += row.label + ": ";
    for (const auto& difference : row.differences) {
      const auto& series = chart.series[difference.series];
      content += drawn_difference(row.label, difference, series, axis, y + row_height / 2);
      description += fmt::format("{} {}, ", series.title, difference.value.text);
      y += row_height;
    }
    y += row_gap;
  }
  const std::string zero = line_element(axis.x(0), svg_length(rows_top), axis.x(0), svg_length(y), "zero");
  return svg_figure(y + axis_height + legend_height, "Differences to the baseline", description,
                    axis.grid(rows_top, y) + zero + axis.numbers(y, "", Sign::always) +
                        axis_title(100, y, chart.axis_title) + content +
                        legend_of_series(chart.series, y + axis_height + legend_height / 2));
}

}  // namespace pbn::drawing
