// Cells against their baseline: the same seeds in both, so that what a seed does to both of them falls out.
#pragma once

#include <functional>

#include "orchestrator/report/content/report.h"

namespace pbn {

// Fills in `against` of every cell that is no baseline, for these figures. The baseline is, of several, the one whose
// settings differ least, the first of equals. Pairs are the seeds in which both have the figure. Holm's correction
// counts all cells that the sweep compares by a figure, with or without results. Figures that are not `is_comparable`
// between the two are left out. `bounds`: of a difference.
using IsComparable =
    std::function<bool(const ReportedCell& cell, const ReportedCell& baseline, const std::string& figure)>;
void compare_with_baseline(
    std::vector<ReportedCell>& cells, const std::vector<std::string>& figures, Interval bounds = unbounded,
    const IsComparable& is_comparable = [](const ReportedCell&, const ReportedCell&, const std::string&) {
      return true;
    });

}  // namespace pbn
