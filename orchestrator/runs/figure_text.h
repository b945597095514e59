// Formats figures with significant digits, so that 0.0001 is not shown as 0.00.
#pragma once

#include <string>

#include "orchestrator/runs/result.h"

namespace pbn::runs {

// Four significant digits, and every digit before the point: "51.54", "0.0001234", "123457".
std::string figure_text(double value);

// Two values and their difference, with the digits that the difference needs: "0.50012", "0.50034", "+0.00022".
struct FigureDifference {
  std::string first, second, difference;
};
FigureDifference difference_text(double first, double second);

// The figure named `metric`, or the first by name if `metric` is empty, and the run's duration: "error 0.5, 12 s".
std::string in_words(const Result& result, const std::string& metric);

}  // namespace pbn::runs
