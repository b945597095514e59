// The metric over a setting of which a study has several values, as in Fig. 5: a line for each combination of the other
// settings.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "drawing/plot.h"

namespace pbn {

struct SettingChart {
  struct Point {
    double at;          // the setting's value
    std::string label;  // the cell's
    Estimate value;
  };
  struct Line {
    std::string label;
    std::vector<Point> points;         // ascending
    std::optional<Estimate> across{};  // of a cell without the setting (a plain baseline has no width): a line across
  };

  std::string title, setting;
  std::vector<Line> lines{};  // eight at most
};

// Values of the setting stand at equal distances, ascending. Intervals are cut off at the frame. Empty where the
// setting has fewer than two values.
std::string setting_chart(const SettingChart& chart);

}  // namespace pbn
