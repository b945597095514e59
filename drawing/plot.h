// The elements of all charts: estimates with intervals, axes, labels and legends. Each function returns SVG elements
// with the classes of chart_style.h. Horizontal positions are percentages of the figure's width, so that a chart fits a
// phone as well as a page; vertical positions are pixels.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/number_text.h"
#include "drawing/svg.h"
#include "drawing/ticks.h"
#include "evaluation/statistics.h"  // Interval

namespace pbn::drawing {

// A number, its 95% interval if it has one, both as text as in the tables ("87.3 ± 0.4"), and single results, which are
// drawn as small circles.
struct Estimate {
  double mean = 0;
  std::optional<evaluation::Interval> interval{};
  std::string text{};
  std::vector<double> singles{};

  double low() const { return interval ? interval->low : mean; }
  double high() const { return interval ? interval->high : mean; }
};

// The strokes of the curves in one chart: Okabe and Ito's colours, which colour-blind readers can distinguish, and
// dashes for readers who see no colours.
struct Stroke {
  const char* colour;
  const char* dashes;
};
inline constexpr std::array<Stroke, 8> strokes{{{"#d55e00", "none"},
                                                {"#0072b2", "none"},
                                                {"#009e73", "7 3"},
                                                {"#e69f00", "7 3"},
                                                {"#56b4e9", "2 3"},
                                                {"#cc79a7", "2 3"},
                                                {"#8a8a00", "9 3 2 3"},
                                                {"#7f7f7f", "9 3 2 3"}}};

struct HorizontalAxis {
  ChartRange range;
  double left, width;  // percent of the figure

  double percent(double value) const { return left + width * range.share(value); }
  std::string x(double value) const { return svg_length(percent(value), "%"); }

  // Numbers below `bottom`, and the axis's title in a second line.
  std::string numbers(double bottom, const std::string& title, Sign sign = Sign::if_negative) const;
  std::string grid(double top, double bottom) const;  // a line at each number
  // A line at height y, with an arrow where the frame cuts it off.
  std::string interval(const evaluation::Interval& interval, double y, const char* style) const;
  std::string singles(const Estimate& estimate, double y) const;
};

struct VerticalAxis {
  ChartRange range;

  static constexpr double top = 12, height = 260, bottom = top + height;  // pixels

  double pixels(double value) const { return top + height * (1 - range.share(value)); }
  std::string y(double value) const { return svg_length(pixels(value)); }

  std::string numbers_and_grid() const;  // numbers left of the frame, with a line at each
  std::string interval(const evaluation::Interval& interval, const std::string& x, const char* style) const;
  std::string singles(const Estimate& estimate, const std::string& x) const;
};

// The frame of a chart with a vertical axis, in percent of the width; the numbers are on its left.
inline constexpr double frame_left = 13, frame_width = 84;
// The legend's distance from the figure's top, below the two lines of an axis's numbers and title.
inline constexpr double legend_top = VerticalAxis::bottom + 52;

// The axis's title below its numbers, flush with the right end of the frame.
std::string axis_title(double right_percent, double bottom, const std::string& title);

// A text that may be long, such as a cell's label, in lines that fit a phone's width. `svg` begins at y and is `height`
// pixels high; its lines begin at x.
struct TextBlock {
  std::string svg;
  double height;
};
TextBlock heading(double y, const std::string& words);                            // class label, above a group of bars
TextBlock legend_entry(double y, double x, const std::string& words);             // class value, beside a mark
TextBlock line_legend(double y, const Stroke& stroke, const std::string& words);  // with a sample of the line

// A <title>, for screen readers and tooltips.
std::string title_element(const std::string& words);

}  // namespace pbn::drawing
