// Values over epochs or thresholds, a curve for each cell.
#pragma once

#include <array>
#include <string>
#include <vector>

namespace pbn {

using CurvePoints = std::vector<std::array<double, 2>>;  // (x, y), x ascending

// At most `most` of the points, evenly chosen, the last one among them.
CurvePoints thinned(const CurvePoints& points, std::size_t most);

struct Curve {
  std::string label;
  CurvePoints points;
};

struct LineChart {
  std::string title, axis_title;
  std::vector<Curve> curves;  // eight are drawn: colours and dashes for more cannot be told apart
};

// Curves of two points and more, of each at most 100; empty where there is none.
std::string line_chart(const LineChart& chart);

}  // namespace pbn
