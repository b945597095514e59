// Differences to the baseline with both of their intervals: over the seeds, and over the validation photographs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "drawing/bar_chart.h"

namespace pbn {

struct DifferenceChart {
  struct Difference {
    std::size_t series;                        // its number in `series`
    Estimate value;                            // its interval is over the seeds
    std::optional<Interval> over_photographs;  // dashed, below it
  };
  struct Row {
    std::string label;  // "pbn D1 against plain"
    std::vector<Difference> differences;
  };

  std::string axis_title;
  std::vector<BarChart::Series> series{};
  std::vector<Row> rows{};  // 40 are drawn
};

// Zero is in the middle of the frame; intervals that reach beyond it are cut off there. Empty without rows.
std::string difference_chart(const DifferenceChart& chart);

}  // namespace pbn
