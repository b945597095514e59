// The charts of a report (drawing/), filled in from its aggregate.
#pragma once

#include <string>

#include "base/json.h"
#include "drawing/bar_chart.h"
#include "drawing/difference_chart.h"
#include "drawing/line_chart.h"
#include "drawing/scatter_chart.h"
#include "drawing/setting_chart.h"
#include "orchestrator/report/columns.h"

namespace pbn {

// The mean pose first; beside a cell's name stands in what state its runs without a result are.
BarChart bar_chart_of(const Json& aggregate);

// Each compared cell against its baseline.
DifferenceChart difference_chart_of(const Json& aggregate);

// `cost` is "parameters" or "gflop_per_image".
ScatterChart scatter_chart_of(const Json& aggregate, const std::string& cost);

// The setting is charted_setting's; a line for each combination of the others. No lines where there is no setting.
SettingChart setting_chart_of(const Json& aggregate);

// The setting with most values among those that are numbers, or the number of groups: "model.width". Empty where none
// has two.
std::string charted_setting(const Json& aggregate);

// Means over the seeds of a list in the aggregate's curves: "training_loss", "validation" or "thresholds".
LineChart line_chart_of(const Json& aggregate, const char* list, const std::string& title,
                        const std::string& axis_title);

// The style of a split's bars: "overall" where the only one has a name of its own.
std::string split_class(const Column& split);

}  // namespace pbn
