// Accuracy against what it costs: one dot per cell.
#pragma once

#include <string>

#include "base/json.h"

namespace pbn {

// `cost` is "parameters" or "gflop_per_image". Lines through the dots are 95% t-intervals over the seeds, cut off at
// the axis; baselines are vermilion squares. Empty where fewer than two cells have both.
std::string scatter_chart(const Json& aggregate, const std::string& cost);

}  // namespace pbn
