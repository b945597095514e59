#include "drawing/bar_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace pbn::drawing {
namespace {

constexpr double bar_height = 14, bar_gap = 3, bar_group_gap = 14, bars_top = 4, value_axis_height = 42;
constexpr double bars_width = 68;  // percent of the figure; the rest holds the numbers at the bars' ends
constexpr std::size_t most_groups = 60;

// From round number to round number, with 0 and all results in between. Longer intervals are cut off.
ChartRange range_of_bars(std::span<const BarChart::Group> groups, bool percent) {
  double least = 0, most = 0;
  const auto widen = [&](double value) {
    least = std::min(least, value);
    most = std::max(most, value);
  };
  for (const auto& group : groups) {
    for (const auto& bar : group.bars) {
      if (bar.is_there) widen(bar.value.mean);
      for (const double single : bar.value.singles) widen(single);
    }
  }
  if (percent) return {0, std::clamp(std::ceil(most / 10) * 10, 10.0, 100.0)};
  if (least == most) return {0, 1};
  return {least < 0 ? -round_number_above(-least) : 0, most > 0 ? round_number_above(most) : 0};
}

std::string bar_interval(const evaluation::Interval& interval, const HorizontalAxis& axis, double middle) {
  std::string content = axis.interval(interval, middle, "error");
  for (const double end : {interval.low, interval.high}) {
    if (end < axis.range.from || end > axis.range.to) continue;
    content += line_element(axis.x(end), svg_length(middle - 4), axis.x(end), svg_length(middle + 4), "error");
  }
  return content;
}

std::string missing_bar(const std::string& series, double y) {
  return fmt::format("<rect x=\"0\" y=\"{}\" width=\"30%\" height=\"{}\" class=\"absent\"/>", svg_length(y),
                     bar_height) +
         text_element({"8", svg_length(y + bar_height / 2 + 4), "value",  //
                       series + ": missing"});
}

std::string drawn_bar(const BarChart::Group& group, const BarChart::Bar& bar, const BarChart::Series& series,
                      const HorizontalAxis& axis, double y) {
  const double middle = y + bar_height / 2, zero = axis.percent(0), mean = axis.percent(bar.value.mean);
  std::string content =
      fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"2\" class=\"bar {}{}\">{}</rect>",
                  svg_length(std::min(zero, mean), "%"), svg_length(y), svg_length(std::abs(mean - zero), "%"),
                  bar_height, series.style, group.is_floor ? " floor" : "",
                  title_element(fmt::format("{}, {}: {}", group.label, series.title, bar.value.text)));
  if (bar.value.interval) content += bar_interval(*bar.value.interval, axis, middle);
  double end = std::max(0.0, bar.value.high());
  for (const double single : bar.value.singles) end = std::max(end, single);
  return content + axis.singles(bar.value, middle) +
         text_element({axis.x(end), svg_length(middle + 4), "value", bar.value.text, "dx=\"9\""});
}

}  // namespace

std::string bar_chart(const BarChart& chart) {
  const std::span groups(chart.groups.data(), std::min(most_groups, chart.groups.size()));
  const HorizontalAxis axis{range_of_bars(groups, chart.percent), 0, bars_width};
  std::string bars, description;
  double y = bars_top;
  for (const auto& group : groups) {
    const TextBlock label = heading(y, group.label + (group.absent.empty() ? "" : " (" + group.absent + ")"));
    y += label.height;
    bars += label.svg + line_element(axis.x(0), svg_length(y - bar_gap), axis.x(0),
                                     svg_length(y + static_cast<double>(group.bars.size()) * (bar_height + bar_gap)),
                                     "axis");
    for (std::size_t i = 0; i < group.bars.size(); ++i) {
      const auto& bar = group.bars[i];
      bars += bar.is_there ? drawn_bar(group, bar, chart.series[i], axis, y) : missing_bar(chart.series[i].title, y);
      y += bar_height + bar_gap;
    }
    y += bar_group_gap;
    description += fmt::format("{}: {}. ", group.label + (group.absent.empty() ? "" : ", " + group.absent),
                               group.bars.empty() ? "" : group.bars[0].value.text);
  }
  const std::string title = pbn::drawing::axis_title(100, y, chart.axis_title);
  return svg_figure(y + value_axis_height, chart.title, description,
                    axis.grid(bars_top, y) + axis.numbers(y, "") + title + bars);
}

}  // namespace pbn::drawing
