// What of a sweep is to be handed to Slurm, and in which arrays.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"

namespace pbn {

// Runs that make one array, since they want the same number of ranks; those that take longest come first.
struct SlurmChunk {
  struct Entry {
    const Cell* cell;
    const Run* run;
  };
  int ranks = 1;
  bool is_launched = true;  // false: a program of the user's that starts as one process, without srun or mpirun
  std::vector<Entry> runs;
};

struct MissingRuns {
  std::vector<SlurmChunk> chunks;
  int finished = 0;
  int cancelled = 0;
  int held = 0;     // a pbn run carries them out
  int queued = 0;   // wait or run in Slurm
  int waiting = 0;  // for a place in the queue

  int submitted() const;  // in all chunks
};

// `queued`: the runs that Slurm has (queued_runs, executor.h). No chunk is larger than `largest_chunk`, and all
// together have at most `places` runs.
MissingRuns missing_runs(const Sweep& sweep, const RunStore& store, const std::map<std::string, std::string>& queued,
                         int largest_chunk, int places);

// How many elements of an array may run at a time, so that all arrays together never run more than `parallel` (0: any
// number, and no shares): array i begins when array i - shares.size() has ended, and has the share i % shares.size().
std::vector<int> shares_of_arrays(int arrays, int parallel);

}  // namespace pbn
