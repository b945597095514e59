// Results as horizontal bars, one group of bars for each cell.
#pragma once

#include <string>
#include <vector>

#include "drawing/plot.h"

namespace pbn {

struct BarChart {
  struct Series {
    std::string title;  // "occluded"
    std::string style;  // its class: overall, visible or occluded
  };
  struct Bar {
    bool is_there = false;  // else it is drawn as missing; its text is said nevertheless
    Estimate value{};
    std::vector<double> seeds{};  // single results
  };
  struct Group {
    std::string label;
    std::string absent;       // "1 failed, 2 pending": of its runs without a result
    bool is_floor = false;    // the mean pose, which nothing was trained for
    std::vector<Bar> bars{};  // one for each series
  };

  std::string title, axis_title;
  bool percent = true;  // values are 0..100
  std::vector<Series> series{};
  std::vector<Group> groups{};  // 60 are drawn: more cannot be told apart
};

// Bars start at zero, with their intervals and single results on them.
std::string bar_chart(const BarChart& chart);

}  // namespace pbn
