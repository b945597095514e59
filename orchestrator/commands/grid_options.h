// What all commands on a grid share: their options, and how they plan and record its sweep.
#pragma once

#include <filesystem>
#include <string>

#include "orchestrator/commands/command_line.h"
#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"
#include "orchestrator/slurm/profile.h"

namespace pbn::commands {

inline const Positional grid_positional{
    .name = "GRID",
    .help =
        "the grid of the study, a YAML file (see experiments/); or the name of a sweep of "
        "the store, which stands for its grid with all options",
    .takes_sweeps = true};
inline const Option store_option{"store", "DIR", "the folder of the store, with runs/ and sweeps/", "."};

Options grid_options();  // --set, --only, --seeds, --base, --store
runs::RunStore store_of(const Arguments& arguments);

bool has_grid_options(const Arguments& arguments);  // --set, --only, --seeds or --base is given

// The recorded sweep that a word names, by its folder, its name or, if that is unique and no file has it, the name of
// its grid; empty if none. Throws a usage error if several sweeps come from grids of this name.
std::string recorded_name(const runs::RunStore& store, const std::string& word);

// Plans the sweep of a grid file, or of a recorded sweep's grid, whose options come before those of the command line;
// with a profile, to be submitted to its cluster. Throws a data error for a pose file that
// was changed and kept its fingerprint (runs/known_data.h), and if the data of a recorded sweep were made again.
grid::Sweep planned_sweep(const Arguments& arguments, const std::string& grid,
                          const slurm::SlurmProfile* profile = nullptr);
grid::Sweep planned_sweep(const Arguments& arguments);  // of GRID

// The sweep of the same grid after its runs, under a rule of seeds with those of the next round.
grid::Sweep with_next_seeds(const grid::Sweep& sweep, const runs::RunStore& store);

// Prints notes on settings and options that have no effect or an unexpected one, and on a program that has changed
// since the grid's last sweep, for commands that start runs.
void note_advice(const grid::Sweep& sweep, const runs::RunStore& store);

// Writes the grid as it was read, and the cells that it means, into STORE/sweeps/<name>-<hash8>/, and returns that.
std::filesystem::path record_sweep(const grid::Sweep& sweep, const runs::RunStore& store);

}  // namespace pbn::commands
