// What all commands on a grid have in common.
#pragma once

#include "orchestrator/commands/command_line.h"
#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"
#include "orchestrator/slurm/profile.h"

namespace pbn {

extern const Positional grid_positional;

void add_grid_options(OptionsDescription& options);  // --set, --only, --seeds, --base, --store
void add_store_option(OptionsDescription& options);  // --store

// Of GRID. Throws a data error where a pose file was changed and kept its fingerprint (runs/known_data.h).
Sweep planned_sweep(const Arguments& arguments);
Sweep planned_sweep(const Arguments& arguments, const std::string& grid);
Sweep planned_sweep(const Arguments& arguments, const SlurmProfile& profile);  // to be submitted there
RunStore store_of(const Arguments& arguments);

// Settings of the grid that do not do what they say, as notes: for commands that plan work.
void note_advice(const Sweep& sweep);

// DIR/sweeps/<name>-<hash8>/ with the grid as it was read and the cells that it means.
std::filesystem::path record_sweep(const Sweep& sweep, const RunStore& store);

}  // namespace pbn
