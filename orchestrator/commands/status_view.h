// How far a sweep is, as a table and as JSON.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/runs/run_state.h"
#include "orchestrator/runs/sweep_runs.h"

namespace pbn {

using StateCounts = std::array<int, run_states>;
StateCounts count_states(const std::vector<RunFacts>& facts);
std::string in_words(const StateCounts& counts);  // "6 runs: 4 completed, 1 running, 1 failed"
Json to_json(const StateCounts& counts);

struct SweepStatus {
  SweepRuns sweep;
  std::vector<RunFacts> facts;  // of its runs, cell by cell

  struct Outlook {
    double share = 0;                    // of the work of all runs that are not cancelled, done
    double images_per_second = 0;        // of all that are running
    std::optional<double> seconds_left;  // while some are running: until all are done that still may be
  };
  Outlook outlook() const;
};

// A line in all, a table of cells, a table of the runs that somebody has begun and that are not completed; of a large
// sweep the first ones. `all`: every cell and every run.
std::string to_text(const SweepStatus& status, bool all);

// {"sweep", "counts", "share", "images_per_second", "seconds_left", "cells": [{"label", "runs": [{"seed", "run",
// facts}]}]}
Json to_json(const SweepStatus& status);

}  // namespace pbn
