// Figures as people read them: by significant digits, so that 0.0001 is not 0.00.
#pragma once

#include <string>

#include "orchestrator/runs/result.h"

namespace pbn {

// "51.54", "0.0001234", "123457": four significant digits, and all those before the point.
std::string figure_text(double value);

// Two values and their difference, with as many digits as the difference needs: "0.50012", "0.50034", "+0.00022".
struct FigureDifference {
  std::string first, second, difference;
};
FigureDifference difference_text(double first, double second);

// "error 0.5, 12 s": the figure that is asked for, or the first by name, and how long it took.
std::string in_words(const Result& result, const std::string& metric);

}  // namespace pbn
