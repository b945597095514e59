// What all charts are made of: estimates with intervals, axes, names and legends. Each function gives SVG elements
// whose classes chart_style.h describes. Places across are shares of the figure's width, so that it fits a phone and a
// page alike; places down are pixels.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/number_text.h"
#include "drawing/svg.h"
#include "drawing/ticks.h"
#include "evaluation/statistics.h"  // Interval

namespace pbn {

// A number, its 95% interval where it has one, and both as the tables write them: "87.3 ± 0.4".
struct Estimate {
  double mean = 0;
  std::optional<Interval> interval{};
  std::string text{};

  double low() const { return interval ? interval->low : mean; }
  double high() const { return interval ? interval->high : mean; }
};

// How the curves of one chart are told apart: Okabe and Ito's colours, which the colour-blind distinguish, and dashes
// for those who see no colours.
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

struct AcrossAxis {
  ChartRange range;
  double left, width;  // percent of the figure

  double percent(double value) const { return left + width * range.share(value); }
  std::string x(double value) const { return svg_length(percent(value), "%"); }

  // Numbers below `bottom`, with the axis's title in a second line.
  std::string numbers(double bottom, const std::string& title, Sign sign = Sign::if_negative) const;
  std::string grid(double top, double bottom) const;  // a line at each number
  // A line at height y, with an arrow at each end that the frame cuts off.
  std::string interval(const Interval& interval, double y, const char* style) const;
};

struct UpAxis {
  ChartRange range;

  static constexpr double top = 12, height = 260, bottom = top + height;  // pixels

  double pixels(double value) const { return top + height * (1 - range.share(value)); }
  std::string y(double value) const { return svg_length(pixels(value)); }

  std::string numbers_and_grid() const;  // numbers at the left of the frame, a line at each
  std::string interval(const Interval& interval, const std::string& x, const char* style) const;
};

// Where the frame of a chart with an UpAxis stands, in percent of the width; its numbers stand at the left of it.
inline constexpr double frame_left = 13, frame_width = 84;
// From the top of the figure to its legend, below the two lines of an axis's numbers and title.
inline constexpr double legend_top = UpAxis::bottom + 52;

// The axis's title, in the line below its numbers, at the right end of the frame.
std::string axis_title(double right_percent, double bottom, const std::string& title);

// Words that may be long, such as a cell's label, in lines that fit a phone's width. `svg` begins at y and is `height`
// pixels high; the lines begin at x pixels.
struct TextBlock {
  std::string svg;
  double height;
};
TextBlock heading(double y, const std::string& words);                            // class label, over a group of bars
TextBlock legend_entry(double y, double x, const std::string& words);             // class value, beside a mark
TextBlock line_legend(double y, const Stroke& stroke, const std::string& words);  // with a piece of the line

// For screen readers and where the mouse rests.
std::string title_element(const std::string& words);

}  // namespace pbn
