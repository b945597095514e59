// Cells against their baseline, paired by seed: a seed's effect on both cells cancels out.
#pragma once

#include <functional>

#include "config/skeleton.h"
#include "orchestrator/report/content/report.h"

namespace pbn::report {

using IsComparable =
    std::function<bool(const ReportedCell& cell, const ReportedCell& baseline, const std::string& figure)>;

// Figures that count the same parts in both: a network without the ankles has a mean over the lower body that cannot be
// compared with one over all of its parts. Without a skeleton all figures are comparable.
IsComparable same_parts(const config::Skeleton* skeleton);

// Fills in `against` of every cell that is not a baseline, for those of `figures` that are comparable between the two.
// Of several baselines a cell takes the one whose settings differ least, the first among equals. Pairs are the seeds in
// which both have the figure; under a rule, up to the first in which one has not. Holm's correction counts all
// cells of the sweep that are compared by a figure, with or without results; so do the intervals under a rule.
// `bounds`: those of a difference.
void compare_with_baseline(std::vector<ReportedCell>& cells, const std::vector<std::string>& figures,
                           evaluation::Interval bounds = evaluation::unbounded,
                           const IsComparable& is_comparable = same_parts(nullptr), const Question& question = {});

// The planned comparisons of the figures that a study asks about, with or without results. `cell` counts `cells`.
std::vector<evaluation::ComparisonInRounds> asked_comparisons(const std::vector<ReportedCell>& cells,
                                                              const std::vector<AskedFigure>& figures,
                                                              const IsComparable& is_comparable);

// Fills in the finding of every comparison that the study asks about, and p corrected for all of them where the grid
// states its question. After compare_with_baseline.
void answer_question(std::vector<ReportedCell>& cells, const Question& question, const IsComparable& is_comparable);

// The cell's baseline, or nullptr: the one whose settings differ least.
const ReportedCell* baseline_of(const ReportedCell& cell, const std::vector<ReportedCell>& cells);

}  // namespace pbn::report
