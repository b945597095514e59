// The runs of a sweep by cell, which is all that is needed to look at them: from its grid, or from what
// sweeps/<name>/cells.jsonl has kept of it when it was run, without its grid and data.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"

namespace pbn {

struct CellRuns {
  std::string label;
  std::vector<Run> runs;
  double work = 1;  // of each of them, in any unit that is common to the cells
};

struct SweepRuns {
  std::string name;  // its folder's: "<name>-<hash8>"
  std::vector<CellRuns> cells;

  std::vector<std::string> ids() const;  // cell by cell; empty ones while data files are missing
};

SweepRuns runs_of(const Sweep& sweep);

std::vector<std::string> recorded_sweeps(const RunStore& store);  // names, sorted

// Throws environment errors when it cannot be read. Lines that are torn or strange are passed over.
SweepRuns read_sweep_runs(const RunStore& store, const std::string& name);

// What the sweeps of the store call a run, of which the first 12 digits are enough.
struct RunName {
  std::string sweep;
  std::string text;  // "pbn D1, seed 2"
};
std::vector<RunName> names_of(const RunStore& store, const std::string& run);

// All folders runs/ab/<12 digits>, as digits, sorted.
std::vector<std::string> runs_in(const RunStore& store);

}  // namespace pbn
