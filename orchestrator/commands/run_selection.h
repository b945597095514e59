// What the words RUN and GRID on a command line stand for.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/commands/command_line.h"
#include "orchestrator/runs/run_state.h"
#include "orchestrator/runs/sweep_runs.h"

namespace pbn {

extern const char* const run_word_help;   // RUN: what may stand there
extern const char* const runs_word_help;  // RUN|GRID...

// GRID: a grid file, with the grid's options in `arguments`; or a sweep that the store has a record of, by its name or
// its folder. Throws usage errors.
SweepRuns sweep_named(const Arguments& arguments, const RunStore& store, const std::string& word);

// RUN: the first digits of its id, at least 4, or its folder. The 12 digits of the folder's name. Throws usage errors
// when there is none, or several.
std::string run_named(const RunStore& store, const std::string& word);

struct SelectedRuns {
  std::vector<std::string> runs;  // each once, in the order of the words; 12 digits
  bool by_sweep = false;          // one of the words was a GRID
};
SelectedRuns runs_named(const Arguments& arguments, const RunStore& store, const std::vector<std::string>& words);

// What Slurm has been given by all sweeps of the store, and has not refused.
SubmittedRuns submitted_runs(const RunStore& store);

// "pbn D1, seed 2 (ab12cd34ef56)", or the digits alone of a run that no sweep names.
std::string described(const RunStore& store, const std::string& run);

}  // namespace pbn
