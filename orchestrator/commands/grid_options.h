// What all commands on a grid share: their options, and how they plan and record its sweep.
#pragma once

#include <filesystem>
#include <string>

#include "orchestrator/commands/command_line.h"
#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"
#include "orchestrator/slurm/profile.h"

namespace pbn::commands {

inline const Positional grid_positional{"GRID", "the grid of the study, a YAML file (see experiments/)"};
inline const Option store_option{"store", "DIR", "the folder of the store, with runs/ and sweeps/", "."};

Options grid_options();  // --set, --only, --seeds, --base, --store
runs::RunStore store_of(const Arguments& arguments);

// Plans the sweep of a grid; with a profile, to be submitted to its cluster. Throws a data error for a pose file that
// was changed and kept its fingerprint (runs/known_data.h).
grid::Sweep planned_sweep(const Arguments& arguments, const std::string& grid,
                          const slurm::SlurmProfile* profile = nullptr);
grid::Sweep planned_sweep(const Arguments& arguments);  // of GRID

// Prints notes on settings of the grid that have no effect or an unexpected one, for commands that start runs.
void note_advice(const grid::Sweep& sweep);

// Writes the grid as it was read, and the cells that it means, into STORE/sweeps/<name>-<hash8>/, and returns that.
std::filesystem::path record_sweep(const grid::Sweep& sweep, const runs::RunStore& store);

}  // namespace pbn::commands
