// The state and progress of a sweep, as text and as JSON.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "orchestrator/runs/run_state.h"
#include "orchestrator/runs/sweep_runs.h"

namespace pbn::commands {

using StateCounts = std::array<int, runs::run_states>;
StateCounts count_states(std::span<const runs::RunFacts> facts);
std::string in_words(const StateCounts& counts);  // "6 runs: 4 completed, 1 running, 1 failed"
Json to_json(const StateCounts& counts);

// Of a sweep whose seeds follow a rule (evaluation/seed_rule.h).
struct SeedRounds {
  int round = 1, most_rounds = 1;
  std::size_t seeds = 0;  // of a cell in this round
  int most_seeds = 0;
  bool is_over = false;                // decided, or out of seeds
  std::vector<std::string> undecided;  // labels of the cells that get seeds in this round, without the baselines
};
std::optional<SeedRounds> rounds_of(const grid::Sweep& sweep);  // none without a rule

struct SweepStatus {
  runs::SweepRuns sweep;
  std::vector<runs::RunFacts> facts;  // of its runs, cell by cell
  std::optional<SeedRounds> rounds{};

  struct Outlook {
    double share = 0;                    // the done share of the work of all runs, cancelled ones included
    double images_per_second = 0;        // of all running runs
    std::optional<double> seconds_left;  // until all runs that are or may still be started are done; none: unknown
  };
  Outlook outlook() const;
};

// A summary line, a table of the cells, and a table of the runs that have begun and are not completed; with `all` every
// cell and every run, else the first rows of long tables.
std::string to_text(const SweepStatus& status, bool all);

// {"sweep", "counts", "share", "images_per_second", "seconds_left", "cells": [{"label", "runs": [{"seed", "run",
// facts}]}]}; under a rule of seeds "rounds": {"round", "most_rounds", "seeds", "most_seeds", "over", "undecided"}
Json to_json(const SweepStatus& status);

}  // namespace pbn::commands
