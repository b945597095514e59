// Divides the missing runs of a sweep into Slurm job arrays.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"
#include "orchestrator/slurm/packing.h"
#include "orchestrator/slurm/sizing.h"

namespace pbn::slurm {

// The runs of one array, element by element. All need the same number of ranks, time and memory; the longest runs come
// first.
struct SlurmChunk {
  struct Entry {
    const grid::Cell* cell;
    const grid::Run* run;
  };
  int ranks = 1;
  bool is_launched = true;  // by srun or mpirun; false for an external worker that is a single process
  int side_by_side = 1;     // runs that an element performs at a time
  std::vector<std::vector<Entry>> elements;
  JobNeed need = {};  // of each run

  int turns() const;         // of runs in the longest element, side by side
  int runs() const;          // in all elements
  bool is_packed() const;    // some element has several
  std::string size() const;  // in words: "7 runs"; "100 runs in 7 elements, 8 at a time in each"
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

// `queued` are the runs in Slurm's queue. A chunk has at most `largest_chunk` elements, all chunks together at most
// `places`.
MissingRuns missing_runs(const grid::Sweep& sweep, const runs::RunStore& store, const std::set<std::string>& queued,
                         int largest_chunk, int places, const Packing& packing = {}, const Sizing& sizing = {});

// The number of elements of each array that may run at a time, so that all arrays together never run more than
// `parallel` elements. Array i has the share i % shares.size() and begins when array i - shares.size() has ended. Empty
// if `parallel` is 0, which means any number.
std::vector<int> shares_of_arrays(int arrays, int parallel);

}  // namespace pbn::slurm
