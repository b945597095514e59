// What the page tells of single runs: with which settings, how they went, who carried them out, what their worker
// printed last.
#pragma once

#include <string>

#include "base/json.h"
#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"

namespace pbn {

// A run takes some 5 kB of the page, so that these are below a megabyte.
inline constexpr std::size_t most_shown_runs = 150;

// For the page alone, because logs and attempts are others on other days:
//   {"shown", "wanted": numbers of runs,
//    "cells": [{"anchor", "label", "settings": [{"key", "value"}]: those that not all cells share,
//               "runs": [{"anchor", "seed", "folder", "state", "reason", "figure", "cost",
//                         "attempts": [{"number", "began", "ended", "where", "how"}], "log": last lines,
//                         "has_curves"}]}],
//    "curves": {ANCHOR: {"training_loss": [[epoch, value]], "validation": [[epoch, value]]}}}
// Cells with runs that failed or were lost are chosen first, then in the order of the tables; they stand in that order.
Json run_details(const Sweep& sweep, const RunStore& store, const Json& aggregate,
                 std::size_t most_runs = most_shown_runs);

}  // namespace pbn
