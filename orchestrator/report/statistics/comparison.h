// Cells against their baseline, paired by seed: a seed's effect on both cells cancels out.
#pragma once

#include <functional>

#include "orchestrator/report/content/report.h"

namespace pbn::report {

using IsComparable =
    std::function<bool(const ReportedCell& cell, const ReportedCell& baseline, const std::string& figure)>;

// Fills in `against` of every cell that is not a baseline, for those of `figures` that are comparable between the two.
// Of several baselines a cell takes the one whose settings differ least, the first among equals. Pairs are the seeds in
// which both have the figure. Holm's correction counts all cells of the sweep that are compared by a figure, with or
// without results. `bounds`: those of a difference.
void compare_with_baseline(
    std::vector<ReportedCell>& cells, const std::vector<std::string>& figures,
    evaluation::Interval bounds = evaluation::unbounded,
    const IsComparable& is_comparable = [](const ReportedCell&, const ReportedCell&, const std::string&) {
      return true;
    });

}  // namespace pbn::report
