// A chart of differences to the baseline with two intervals each: over the seeds and over the validation photographs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "drawing/bar_chart.h"

namespace pbn::drawing {

struct DifferenceChart {
  struct Difference {
    std::size_t series;                                    // index in DifferenceChart::series
    Estimate value;                                        // with the interval over the seeds, or single differences
    std::optional<evaluation::Interval> over_photographs;  // drawn dashed, below the other
  };
  struct Row {
    std::string label;  // "pbn D1 against plain"
    std::vector<Difference> differences;
  };

  std::string axis_title;
  std::vector<BarChart::Series> series{};
  std::vector<Row> rows{};  // at most 40 are drawn
};

// Zero is in the middle of the frame; intervals are cut off at the frame. Empty without rows.
std::string difference_chart(const DifferenceChart& chart);

}  // namespace pbn::drawing
