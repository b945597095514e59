// The charts of a report (drawing/).
#pragma once

#include <string>

#include "drawing/bar_chart.h"
#include "drawing/difference_chart.h"
#include "drawing/line_chart.h"
#include "drawing/scatter_chart.h"
#include "drawing/setting_chart.h"
#include "orchestrator/report/content/report.h"

namespace pbn::report {

// Floors first. A cell's name is followed by the states of its runs without a result.
drawing::BarChart bar_chart_of(const Report& report);

// Each compared cell against its baseline.
drawing::DifferenceChart difference_chart_of(const Report& report);

enum class Cost { parameters, operations };
drawing::ScatterChart scatter_chart_of(const Report& report, Cost cost);

// "model.width": the numeric setting (or the number of groups) with the most values; empty where none has two.
std::string charted_setting(const Report& report);

// The metric over the charted setting, with a line for each combination of the other settings.
drawing::SettingChart setting_chart_of(const Report& report);

// One curve for each cell in report.curves: means over the seeds. Between the points of a run its curve is a line.
inline constexpr const char* of_charted_cells =
    "At most eight cells, baselines first; means over the seeds that have a value.";
drawing::LineChart curve_chart_of(const Report& report, std::size_t kind);  // of report.curve_kinds
drawing::LineChart threshold_chart_of(const Report& report);                // of pose runs

// The CSS class of the bars of a split, by its number: "first", "second" or "third".
std::string style_of_split(std::size_t split);

}  // namespace pbn::report
