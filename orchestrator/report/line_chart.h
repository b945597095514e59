// Values over epochs or thresholds, a curve for each cell.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/report/run_curves.h"

namespace pbn {

struct Curve {
  std::string label;
  CurvePoints points;
};

struct LineChart {
  std::string title, x_title;
  std::vector<Curve> curves;  // at most eight are drawn: colours and dashes for more cannot be told apart
};

// A figure of the page with its legend in it; empty where no curve has two points.
std::string line_chart(const LineChart& chart);

}  // namespace pbn
