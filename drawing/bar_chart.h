// A chart of horizontal bars, one group of bars for each cell.
#pragma once

#include <string>
#include <vector>

#include "drawing/plot.h"

namespace pbn::drawing {

struct BarChart {
  struct Series {
    std::string title;  // "occluded"
    std::string style;  // CSS class: first, second or third
  };
  struct Bar {
    bool is_there = false;  // false: drawn as missing; only value.text is used
    Estimate value{};
  };
  struct Group {
    std::string label;
    std::string absent;       // the states of its runs without a result: "1 failed, 2 pending"
    bool is_floor = false;    // the mean pose
    std::vector<Bar> bars{};  // one per series
  };

  std::string title, axis_title;
  bool percent = true;  // values are 0..100
  std::vector<Series> series{};
  std::vector<Group> groups{};  // at most 60 are drawn: more cannot be told apart
};

// Bars start at zero and show their intervals and single results.
std::string bar_chart(const BarChart& chart);

}  // namespace pbn::drawing
