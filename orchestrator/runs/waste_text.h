// Where the time of runs went (waste.h), in words and as a table.
#pragma once

#include <string>
#include <vector>

#include "base/table.h"
#include "orchestrator/runs/waste.h"

namespace pbn::runs {

// "12.3 core-hours in 14 attempts: 0.8 (6.5%) lost in 2 attempts, 0.3 (2.4%) waiting for data; 3 h 10 min in the
// queue"; empty where nothing is known.
std::string in_words(const Waste& waste);

// A row "all cells" and one for each cell; columns without any value are left out. No rows where
// nothing is known.
Table waste_table(const SweepWaste& waste, const std::vector<std::string>& labels);

inline constexpr const char* waste_note =
    "Hours of cores, or of GPUs where runs are on them, that all attempts have held, failed ones included; in brackets "
    "the share of them. Lost are attempts that failed, were killed or could not save themselves; a checkpoint may have "
    "kept a part. Waiting is what the workers report. Idle is what one pbn had used at once at another time, but not "
    "then. What is not known is left out.";

}  // namespace pbn::runs
