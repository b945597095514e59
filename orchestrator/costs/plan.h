// A sweep, what of it is done, and what the rest will cost.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "orchestrator/costs/estimate.h"
#include "orchestrator/costs/seed_advice.h"
#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_state.h"
#include "orchestrator/runs/run_store.h"

namespace pbn {

struct CellPlan {
  std::vector<RunState> states;  // of the cell's runs
  std::size_t done = 0;
  Estimate estimate;  // of one run
};

struct Plan {
  std::vector<CellPlan> cells;  // as the sweep's
  std::size_t runs = 0, done = 0;

  // Of all runs that are not done; what could not be estimated is not in it.
  double seconds = 0;
  std::int64_t disk_bytes = 0;
  std::size_t runs_without_estimate = 0;
  bool is_scaled = false;  // estimates of other cells are in it

  std::vector<std::string> damaged;  // runs whose result.json is no result, and why: "pbn D1, seed 2: error is ..."
};

Plan plan_of(const Sweep& sweep, const RunStore& store, const SubmittedRuns& submitted);

}  // namespace pbn
