// Which run comes when on this machine, and what becomes of it: for training and for testing alike.
//
// - The longest runs first, so that none is left over at the end. Each has processors and GPUs of its own
//   (machine_shares.h). While there is no room for one, others that fit may overtake it, but not for ever.
// - A worker that saved itself and wants to be started again (exit code 75) is, as often as its checkpoints
//   show headway. One that failed is started again later, `retries` times; not where it refused its
//   configuration or its data.
// - A run that somebody else carries out is left to them and waited for, and taken over when they die.
// - Asked to stop (stop_signals.h), nothing new is started and the workers save themselves; asked again,
//   they are ended. They save themselves too when we meet an error, such as a full disk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/executors/machine_shares.h"
#include "orchestrator/executors/run_attempt.h"
#include "orchestrator/grid/sweep.h"
#include "orchestrator/runs/run_store.h"

namespace pbn {

struct ExecutionSummary {
  struct Failure {
    std::string run;     // "pbn D1, seed 2"
    std::string reason;  // the exit code in words
    std::string folder;
    std::vector<std::string> last_lines;  // of the worker's log
  };
  int finished = 0;   // now
  int skipped = 0;    // had a result already, or got one from somebody else
  int cancelled = 0;  // nobody wants them
  std::vector<Failure> failures;
  bool interrupted = false;  // there is more to do
};

struct LocalOptions {
  int slots = 0;    // runs at a time; 0: as many as there are processors, GPUs and memory for
  int retries = 2;  // of a run that failed
};

// The processors, and GPUs where there are any, that a run of this cell would use by its settings.
MachineNeeds needs_of(const Cell& cell);

// What is to be done for a run: to train it or to test it.
class LocalWork {
 public:
  virtual ~LocalWork() = default;

  virtual bool is_wanted(const Run& run) const = 0;  // false: it cannot be done yet
  virtual bool is_done(const Run& run) const = 0;
  virtual WorkerTask task(const Cell& cell, const Run& run) const = 0;
  virtual MachineNeeds needs(const Cell& cell) const { return needs_of(cell); }

  // Progress is counted in these.
  virtual std::string unit() const = 0;
  virtual std::int64_t units(const Cell& cell) const = 0;
  virtual std::optional<std::int64_t> units_done(const Cell& cell, const Json& line) const = 0;  // as the worker tells
  virtual std::string result_in_words(const Run& run) const = 0;  // "pckh50.all16 83.2, 3 min 05 s"
};

// `title` stands in front of the progress.
ExecutionSummary work_through(const Sweep& sweep, const LocalWork& work, const std::string& title,
                              const LocalOptions& options);

}  // namespace pbn
