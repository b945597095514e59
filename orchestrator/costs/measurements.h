// Measured costs in a store: of completed runs (result.json) and of tries of cells (STORE/tries).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"

namespace pbn::costs {

struct Measurement {
  std::string cell;       // id
  std::string precision;  // empty: external worker
  int ranks = 1;
  double gflop_per_image = 0;    // 0: unknown
  double images_per_second = 0;  // training speed of all ranks together; 0: unknown
  double seconds = 0;            // of a complete run; 0: unknown
  double peak_memory_mib = 0;    // per rank; 0: unknown
  bool is_tried = false;         // by pbn try, not of a complete run
  bool on_gpus = false;          // one for each rank
};

// Keeps the report of a try (worker/commands/commands.h) for later plans, as STORE/tries/<first 12 digits of the
// cell>.json.
void keep_try(const runs::RunStore& store, const grid::Cell& cell, const Json& report);

// Measurements for a sweep: of the first completed run of each cell, and of all tries. If there are none, of up to a
// hundred other completed runs of the store. Reads at most a thousand files.
std::vector<Measurement> find_measurements(const runs::RunStore& store, const grid::Sweep& sweep,
                                           const std::function<bool(const grid::Run&)>& is_completed);

}  // namespace pbn::costs
