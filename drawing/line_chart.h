// A chart of values over epochs or thresholds, one curve per cell.
#pragma once

#include <array>
#include <string>
#include <vector>

namespace pbn::drawing {

using CurvePoints = std::vector<std::array<double, 2>>;  // (x, y), x ascending

// At most `most` evenly chosen points, including the last.
CurvePoints thinned(const CurvePoints& points, std::size_t most);

struct Curve {
  std::string label;
  CurvePoints points;
};

struct LineChart {
  std::string title, axis_title;
  std::vector<Curve> curves;  // at most eight are drawn: more strokes cannot be told apart
};

// Draws the curves of two and more points, each with at most 100 points; empty if there are none.
std::string line_chart(const LineChart& chart);

}  // namespace pbn::drawing
