// What runs report while they train (runs/reported_curves.h), as curves.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/report/content/report.h"

namespace pbn::report {

// The cells whose curves are charted: at most eight, baselines first.
inline constexpr std::size_t most_charted_cells = 8;

// Of pose runs the training loss and the validation. Of other programs at most six of the numbers that have changed
// in a run of the charted cells: the metric first, then losses and errors, then others by name, speeds and times last.
std::vector<CurveKind> curve_kinds_of(const grid::Sweep& sweep, const runs::RunStore& store, const std::string& metric);

// The curves of one run, also of one that is not finished. Those that count epochs are whole; others are thinned to a
// hundred points.
RunCurves run_curves(const runs::RunStore& store, const std::string& run, const std::vector<CurveKind>& kinds);

// The runs of the charted cells.
std::vector<CellTrace> curves_of(const grid::Sweep& sweep, const runs::RunStore& store,
                                 const std::vector<CurveKind>& kinds);

}  // namespace pbn::report
