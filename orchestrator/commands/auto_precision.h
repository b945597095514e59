// What train.precision "auto" stands for in a sweep. The first `run` or `submit` of the sweep decides it for the
// machine that the runs will use and records it in the sweep's folder; every later command, on any machine, reads it
// there:
//
//   sweeps/<name>-<hash8>/precision.json: {"auto": "bf16", "grid": "<name>"}
#pragma once

#include <string>

#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"
#include "orchestrator/slurm/profile.h"

namespace pbn::commands {

// Plans with the precision that the store has recorded for this sweep, else with the one of all other sweeps of this
// grid (--only and --seeds make more sweeps of a grid), else with the one of this machine's processor. Throws a data
// error for a damaged record of this grid.
grid::Sweep plan_as_recorded(const grid::Grid& grid, const runs::RunStore& store);

// The same for a sweep that will run on a cluster: where nothing is recorded and no run has begun, the profile decides.
// Throws a usage error where it does not say what its nodes compute.
grid::Sweep plan_for_cluster(const grid::Grid& grid, const runs::RunStore& store, const slurm::SlurmProfile& profile);

// Writes the record into the sweep's folder, which exists, unless no cell asks for "auto" or there is a record.
void record_precision(const grid::Sweep& sweep, const runs::RunStore& store);

}  // namespace pbn::commands
