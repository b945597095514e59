// The charts of a report (drawing/), filled in from it.
#pragma once

#include <string>

#include "drawing/bar_chart.h"
#include "drawing/difference_chart.h"
#include "drawing/line_chart.h"
#include "drawing/scatter_chart.h"
#include "drawing/setting_chart.h"
#include "orchestrator/report/content/report.h"

namespace pbn {

// The mean pose first; beside a cell's name stands in what state its runs without a result are.
BarChart bar_chart_of(const Report& report);

// Each compared cell against its baseline.
DifferenceChart difference_chart_of(const Report& report);

enum class Cost { parameters, operations };
ScatterChart scatter_chart_of(const Report& report, Cost cost);

// The setting is charted_setting's; a line for each combination of the others. No lines where there is no setting.
SettingChart setting_chart_of(const Report& report);

// The setting with most values among those that are numbers, or the number of groups: "model.width". Empty where none
// has two.
std::string charted_setting(const Report& report);

// Means over the seeds, a curve for each cell of the report's curves.
LineChart training_chart_of(const Report& report);
LineChart validation_chart_of(const Report& report);
LineChart threshold_chart_of(const Report& report);

// The style of a split's bars: "overall" where the only one has a name of its own.
std::string split_class(const Column& split);

}  // namespace pbn
