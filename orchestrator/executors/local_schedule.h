// Schedules the runs of a sweep on this machine, for training and for testing.
//
// - The longest runs start first, so that none remains at the end. Each run gets its own processors and GPUs
//   (machine_shares.h). Smaller runs may overtake one that has to wait for resources, a limited number of times.
// - A worker that saved its state (exit code 75) is started again as long as its checkpoints show progress. A failed
//   worker is started again `retries` times, unless it refused its configuration or data.
// - A run held by another process is waited for, and taken over if that process dies.
// - After a request to stop (stop_signals.h) no worker is started and the running ones save their state; a second
//   request ends them. They also save their state if pbn fails, for example on a full disk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/executors/container.h"
#include "orchestrator/executors/machine_shares.h"
#include "orchestrator/executors/run_attempt.h"
#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"

namespace pbn::executors {

struct ExecutionSummary {
  struct Failure {
    std::string run;     // "pbn D1, seed 2"
    std::string reason;  // the exit code in words
    std::string folder;
    std::vector<std::string> last_lines;  // of the worker's log
  };
  int finished = 0;  // by this call
  int skipped = 0;   // had a result before, or got one from another process
  int cancelled = 0;
  std::vector<Failure> failures;
  bool interrupted = false;  // some runs remain
};

struct LocalOptions {
  int slots = 0;                         // runs at a time; 0: as many as processors, GPUs and memory allow
  int retries = 2;                       // of a failed run
  std::optional<Container> container{};  // for the workers
};

// The processors and GPUs that a run of this cell uses according to its settings.
MachineNeeds needs_of(const grid::Cell& cell);

// The container for a run of this cell, with GPUs where it gets some.
std::optional<Container> container_for(const grid::Cell& cell, std::optional<Container> container);

// The work to do for each run: training or testing.
class LocalWork {
 public:
  virtual ~LocalWork() = default;

  virtual bool is_wanted(const grid::Run& run) const = 0;  // false: leave the run out
  virtual bool is_done(const grid::Run& run) const = 0;
  virtual WorkerTask task(const grid::Cell& cell, const grid::Run& run) const = 0;
  virtual MachineNeeds needs(const grid::Cell& cell) const { return needs_of(cell); }

  // Progress: the name of its unit, the units of one run, and the units done according to a line of metrics.jsonl.
  virtual std::string unit() const = 0;
  virtual std::int64_t units(const grid::Cell& cell) const = 0;
  virtual std::optional<std::int64_t> units_done(const grid::Cell& cell, const Json& line) const = 0;

  virtual std::string result_in_words(const grid::Run& run) const = 0;  // "pckh50.all16 83.2, 3 min 05 s"
};

// Does the work for all runs of the sweep. `title` labels the progress display.
ExecutionSummary run_locally(const grid::Sweep& sweep, const LocalWork& work, const std::string& title,
                             const LocalOptions& options);

}  // namespace pbn::executors
