// The results as horizontal bars with error bars, one group of bars per cell, the mean pose first.
#pragma once

#include <string>

#include "base/json.h"

namespace pbn {

// From the aggregate. Bars start at zero; the error bars are one standard deviation each way; dots are single seeds.
// Cells without results are drawn as missing.
std::string bar_chart(const Json& aggregate);

}  // namespace pbn
