// Divides the missing runs of a sweep into Slurm job arrays.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"

namespace pbn::slurm {

// The runs of one array. All need the same number of ranks; the longest runs come first.
struct SlurmChunk {
  struct Entry {
    const grid::Cell* cell;
    const grid::Run* run;
  };
  int ranks = 1;
  bool is_launched = true;  // by srun or mpirun; false for an external worker that is a single process
  std::vector<Entry> runs;
};

struct MissingRuns {
  std::vector<SlurmChunk> chunks;
  int finished = 0;
  int cancelled = 0;
  int held = 0;     // running outside of Slurm
  int queued = 0;   // waiting or running in Slurm
  int waiting = 0;  // for a place in the queue

  int submitted() const;  // in all chunks
};

// `queued` are the runs in Slurm's queue (queued_runs in submitter.h). A chunk has at most `largest_chunk` runs, all
// chunks together at most `places`.
MissingRuns missing_runs(const grid::Sweep& sweep, const runs::RunStore& store,
                         const std::map<std::string, std::string>& queued, int largest_chunk, int places);

// The number of elements of each array that may run at a time, so that all arrays together never run more than
// `parallel`. Array i has the share i % shares.size() and begins when array i - shares.size() has ended. Empty if
// `parallel` is 0, which means any number.
std::vector<int> shares_of_arrays(int arrays, int parallel);

}  // namespace pbn::slurm
