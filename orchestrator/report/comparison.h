// Cells against their baseline: the same seeds in both, so that what a seed does to both of them falls out.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "evaluation/statistics.h"

namespace pbn {

// Adds to every cell of an aggregate's outcome that is no baseline
//   "against": {"cell": ID, "label": ..., "figures": {NAME: {"n", "mean", "low", "high", "p", "draws", "holm",
//   "least_p"}}}
// for these figures. The baseline is, of several, the one whose settings differ least, the first of equals. Pairs are
// the seeds in which both have the figure: n of them; `low` to `high` is the 95% t-interval of the mean difference; `p`
// the sign-flip test (statistics.h), with the number of its random `draws` where it is not exact; `holm` the same
// corrected for as many cells as the sweep compares by that figure, with or without results; `least_p` what n seeds
// could show at best, before correction. What cannot be said with so few seeds is not there, and a mean that no double
// can hold is null. Figures that are not `is_comparable` between the two are left out. `bounds`: of a difference.
using IsComparable = std::function<bool(const Json& cell, const Json& baseline, const std::string& figure)>;
void compare_with_baseline(
    Json& outcome, const std::vector<std::string>& figures, Interval bounds = unbounded,
    const IsComparable& is_comparable = [](const Json&, const Json&, const std::string&) { return true; });

}  // namespace pbn
