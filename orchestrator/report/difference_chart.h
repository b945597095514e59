// Differences to the baseline with both of their intervals: over the seeds, and over the validation photographs.
#pragma once

#include <string>

#include "base/json.h"

namespace pbn {

// One row for each compared cell and split, at most 40 cells. Solid lines are the paired 95% t-intervals over the
// seeds, dashed ones below them the bootstrap intervals over photographs; what reaches beyond the frame is cut off
// there. Empty where nothing is compared.
std::string difference_chart(const Json& aggregate);

}  // namespace pbn
