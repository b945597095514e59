// Carries out a sweep's runs on this machine, several at a time where there is room.
#pragma once

#include "orchestrator/executors/executor.h"
#include "orchestrator/executors/local_schedule.h"

namespace pbn {

class LocalExecutor : public Executor {
 public:
  explicit LocalExecutor(const LocalOptions& options) : options_(options) {}

  // Each as mpirun -np RANKS pbn_worker, or as the grid's own worker, in the way of local_schedule.h.
  ExecutionSummary execute(const Sweep& sweep, const RunStore& store) override;

 private:
  LocalOptions options_;
};

// What is to be started for a run on this machine. Throws environment errors when a program is missing. The store must
// outlive it.
WorkerTask training_task(const Cell& cell, const Run& run, const RunStore& store);

}  // namespace pbn
