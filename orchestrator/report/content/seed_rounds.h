// How many seeds each cell has under a rule (evaluation/seed_rule.h), from the results in the store.
#pragma once

#include "orchestrator/report/content/report.h"

namespace pbn::report {

// What the grid asks about the sweep's figures; `metric` is its first, resolved.
Question question_of(const grid::Sweep& sweep, const std::string& metric);

// The seeds of the cell that has most.
std::vector<std::uint32_t> asked_seeds(const grid::Sweep& sweep);

// Of the reports that the store holds of all these cells with fewer seeds, the one with most. Others, of a part of the
// cells, do not count.
std::optional<EarlierReport> earlier_report(const grid::Sweep& sweep, const runs::RunStore& store);

// Leaves each cell the runs that the rule has asked for so far, and sets sweep.rounds. A sweep without a rule stays as
// it is. The sweep must be one that was planned just now, with all seeds that the rule may ask for.
void keep_asked_seeds(grid::Sweep& sweep, const runs::RunStore& store);

}  // namespace pbn::report
