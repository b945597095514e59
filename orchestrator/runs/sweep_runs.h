// The runs of a sweep by cell: from its grid, or from the record sweeps/<name>/cells.jsonl, which needs neither the
// grid nor the data.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"

namespace pbn::runs {

struct CellRuns {
  std::string label;
  std::vector<grid::Run> runs;
  double work = 1;  // of one run, in a unit common to all cells
};

struct SweepRuns {
  std::string name;  // the sweep's folder: "<name>-<hash8>"
  std::vector<CellRuns> cells;

  std::vector<std::string> ids() const;  // cell by cell; empty strings while data files are missing
};

SweepRuns runs_of(const grid::Sweep& sweep);

std::vector<std::string> recorded_sweeps(const RunStore& store);  // names, sorted

// Ignores lines that are torn or of another form. Throws environment errors when the record cannot be read.
SweepRuns read_sweep_runs(const RunStore& store, const std::string& name);

// The names that the sweeps of the store give to a run. `run` may be the first 12 digits of its id.
struct RunName {
  std::string sweep;
  std::string text;  // "pbn D1, seed 2"
};
std::vector<RunName> names_of(const RunStore& store, const std::string& run);

// The 12 digits of every folder runs/ab/<12 digits>, sorted.
std::vector<std::string> runs_in(const RunStore& store);

}  // namespace pbn::runs
