// What runs have taken here so far: finished ones (result.json), and cells that were tried (STORE/tries).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"

namespace pbn {

struct Measurement {
  std::string cell;       // id; of a try its first 12 digits
  std::string precision;  // empty: of an external worker
  int ranks = 1;
  double gflop_per_image = 0;    // 0: not known
  double images_per_second = 0;  // of training, all ranks together; 0: not known
  double seconds = 0;            // of a whole run; 0: it was only tried
  double peak_memory_mib = 0;    // of a rank; 0: not known
};

// What one try of a cell says (worker/commands/commands.h), kept for later plans as STORE/tries/<first 12 digits of the
// cell>.json.
void keep_try(const RunStore& store, const Cell& cell, const Json& report);

// For the cells of a sweep, of which `finished` has one finished run each, or an empty id: what those runs and all
// tries say; where neither says anything, up to a hundred other finished runs of the store. At most a thousand files
// are read.
std::vector<Measurement> find_measurements(const RunStore& store, const Sweep& sweep,
                                           const std::vector<std::string>& finished);

}  // namespace pbn
