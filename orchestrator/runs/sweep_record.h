// How a sweep was started, kept in its folder, so that its name stands for its grid with all options.
//
//   sweeps/<name>-<hash8>/sweep.yaml     the grid's text, after its options as comments
//                         base.yaml      the text of its base, if it has one
//                         started.json   {"name", "grid", "folder", "began", "options": {"set", "only", "seeds",
//                         "base"}}, and of an external worker with files "program": {"digest", "folder"}
//
// Records of 0.2.0 and before have no started.json: their options are read from the comments, and nobody knows when and
// where they were started.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"

namespace pbn::runs {

struct SweepRecord {
  std::string sweep;             // the folder's name: "demo-f5c6d481"
  std::string name;              // the grid's: "demo"
  std::string folder, began;     // where and when (UTC) pbn was started; empty: unknown
  grid::GridOptions options;     // that it was started with
  grid::ProgramFiles program{};  // of an external worker; kept in the store (program_copy.h)
};
SweepRecord read_sweep_record(const RunStore& store, const std::string& sweep);

// Writes the three files, and keeps the worker's program. A record that is there keeps its `began`.
void write_sweep_record(const grid::Sweep& sweep, const RunStore& store);

// The sweeps of the store whose grids have this name, sorted.
std::vector<std::string> sweeps_called(const RunStore& store, const std::string& name);

// The grid of a sweep as it was started; `further` options are added to the recorded ones and override them. Throws
// usage errors for a record without its grid, and for --base, which belongs to a grid file.
grid::Grid recorded_grid(const RunStore& store, const SweepRecord& record, const grid::GridOptions& further);

// "--set train.epochs=2 --seeds 1..3": what was overridden; empty: nothing.
std::string in_words(const grid::GridOptions& options);
Json to_json(const grid::GridOptions& options);  // {"set", "only", "seeds", "base"}

}  // namespace pbn::runs
