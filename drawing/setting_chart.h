// A chart of the metric over the values of one setting, as in Fig. 5, with a line for each combination of the others.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "drawing/plot.h"

namespace pbn::drawing {

struct SettingChart {
  struct Point {
    double at;          // the setting's value
    std::string label;  // of the cell
    Estimate value;
  };
  struct Line {
    std::string label;
    std::vector<Point> points;         // ascending
    std::optional<Estimate> across{};  // of a cell that lacks the setting: drawn as a horizontal line
  };

  std::string title, setting;
  std::vector<Line> lines{};  // at most eight are drawn
};

// The setting's values are placed at equal distances, ascending. Intervals are cut off at the frame. Empty if the
// setting has fewer than two values.
std::string setting_chart(const SettingChart& chart);

}  // namespace pbn::drawing
