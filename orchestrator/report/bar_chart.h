// The results as horizontal bars with error bars, one group of bars per cell, the mean pose first.
#pragma once

#include <string>

#include "base/json.h"
#include "orchestrator/report/columns.h"

namespace pbn {

// From the aggregate. Bars start at zero; the error bars are 95% t-intervals; dots are single seeds.
// Cells without results are drawn as missing; beside a cell's name stands in what state its runs without a result are.
std::string bar_chart(const Json& aggregate);

// The style of a split's bars: "overall" where the only one has a name of its own.
std::string split_class(const Column& split);

}  // namespace pbn
