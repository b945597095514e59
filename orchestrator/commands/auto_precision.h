// What the precision "auto" stands for in a sweep, whoever plans it: its first `run` or `submit` decides, from where
// the runs will run, and writes it into the sweep's folder. From then on every command reads it there, on any machine.
//
//   sweeps/<name>-<hash8>/precision.json: {"auto": "bf16", "grid": "<name>"}
#pragma once

#include <string>

#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"
#include "orchestrator/slurm/profile.h"

namespace pbn {

// As the store has recorded it for this very sweep; else as it has for all others of the grid's name (--only and
// --seeds make other sweeps of a grid). Without a record this machine's processor decides.
Sweep plan_as_recorded(const Grid& grid, const RunStore& store);

// The same, and where nothing is recorded and no run of the sweep was begun, as the profile says what its nodes
// compute. Throws a usage error where the profile does not tell either.
Sweep plan_for_cluster(const Grid& grid, const RunStore& store, const SlurmProfile& profile);

// Into the sweep's folder, which is there, unless no cell asks for "auto" or a record is there already.
void record_precision(const Sweep& sweep, const RunStore& store);

}  // namespace pbn
