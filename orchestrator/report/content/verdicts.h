// A report's answer in words: one sentence for each comparison that the study asks about.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/report/content/report.h"

namespace pbn::report {

// "better" or "worse" where the direction is known, else "higher" or "lower"; "equivalent", "undecided".
std::string verdict_word(evaluation::Finding finding, grid::Better better);

std::string better_word(grid::Better better);  // "higher", "lower", "unknown"

// "pbn D1 against plain: undecided, +0.20 [-1.10, +1.50]; 12 more seeds would tell 0.5 apart." In the order of the
// cells, at most a dozen, and then how many of the others are what. Empty without a baseline.
std::vector<std::string> verdict_sentences(const Report& report);

// What the verdicts claim, in a sentence or two.
std::string verdict_note(const Report& report);

}  // namespace pbn::report
