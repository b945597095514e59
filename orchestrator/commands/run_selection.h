// The arguments RUN and GRID of a command line, as the runs and sweeps that they name.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "orchestrator/commands/command_line.h"
#include "orchestrator/runs/run_state.h"
#include "orchestrator/runs/sweep_runs.h"
#include "orchestrator/runs/waste.h"

namespace pbn::commands {

inline const Positional run_positional{"RUN", "a run: the first digits of its id, at least 4, or its folder"};
inline const Positional runs_positional{
    .name = "RUN",
    .help = "runs, by the first digits of their ids or their folders; or all of a sweep, by its grid file or name",
    .is_repeatable = true,
    .takes_sweeps = true};

// A sweep that the store has a record of, by its name or folder, without a plan unless `arguments` have options of the
// grid; or the sweep of a grid file. Throws usage errors.
runs::SweepRuns sweep_named(const Arguments& arguments, const runs::RunStore& store, const std::string& word);

// The 12 digits of the run that a word names, by its first digits or its folder. Throws a usage error when there is no
// such run, or more than one.
std::string run_named(const runs::RunStore& store, const std::string& word);

struct SelectedRuns {
  std::vector<std::string> runs;             // 12 digits each, without duplicates, in the order of the words
  bool has_sweep = false;                    // one of the words names a sweep
  std::map<std::string, std::string> names;  // "pbn D1, seed 2" of each run that is in such a sweep
};
SelectedRuns selected_runs(const Arguments& arguments, const runs::RunStore& store);  // by all words of RUN

// Completed, cancelled or failed: pbn starts no more attempts by itself.
inline bool is_final(runs::RunState state) {
  return state == runs::RunState::completed || state == runs::RunState::cancelled || state == runs::RunState::failed;
}

// The runs that all sweeps of the store have handed to Slurm, without those that Slurm refused.
runs::SubmittedRuns submitted_runs(const runs::RunStore& store);

// When they were handed to Slurm.
runs::SubmitTimes submit_times(const runs::RunStore& store);

// "pbn D1, seed 2 (ab12cd34ef56)", or the digits alone of a run that is in no sweep.
std::string described(const runs::RunStore& store, const std::string& run);

}  // namespace pbn::commands
