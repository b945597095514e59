// What is done of a sweep, and what the remaining runs will cost.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "orchestrator/costs/estimate.h"
#include "orchestrator/costs/seed_advice.h"
#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_state.h"
#include "orchestrator/runs/run_store.h"

namespace pbn::costs {

struct CellPlan {
  std::vector<runs::RunState> states;  // of the cell's runs
  std::size_t done = 0;                // completed runs
  Estimate estimate;                   // of one run
};

struct Plan {
  std::vector<CellPlan> cells;  // in the sweep's order
  std::size_t runs = 0, done = 0;

  // Totals over the remaining runs, without those that could not be estimated.
  double seconds = 0;
  double core_hours = 0, gpu_hours = 0;  // of all ranks: run.threads cores each, and the GPUs that were measured
  std::int64_t disk_bytes = 0;
  std::size_t runs_without_estimate = 0;
  bool is_scaled = false;  // some estimates are scaled from other cells

  std::vector<std::string> damaged;  // runs with damaged results, and why: "pbn D1, seed 2: error is ..."
};

Plan plan_of(const grid::Sweep& sweep, const runs::RunStore& store, const runs::SubmittedRuns& submitted);

}  // namespace pbn::costs
