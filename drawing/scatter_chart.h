// A chart of accuracy against cost, with a dot for each cell.
#pragma once

#include <string>
#include <vector>

#include "drawing/plot.h"

namespace pbn::drawing {

struct ScatterChart {
  struct Dot {
    std::string label;
    double cost;
    Estimate value;
    bool is_baseline = false;  // drawn as a square
  };

  std::string title, axis_title;
  bool percent = true;      // values are 0..100
  std::vector<Dot> dots{};  // at most 200 are drawn; up to eight are named in a legend
};

// Lines through the dots are their intervals, cut off at the frame. Empty for fewer than two dots.
std::string scatter_chart(const ScatterChart& chart);

}  // namespace pbn::drawing
