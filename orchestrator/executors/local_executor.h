// Trains and tests a sweep's runs on this machine, several at a time (local_schedule.h). Both functions throw
// environment errors when a program is missing or the store cannot be written.
#pragma once

#include "config/run_config.h"
#include "orchestrator/executors/local_schedule.h"

namespace pbn::executors {

// Trains every run that has no result exactly once, even if several processes do so at the same time or are killed. A
// failed run does not stop the others. Each run is started as mpirun -np RANKS pbn_worker, or as the grid's external
// worker.
ExecutionSummary train_runs(const grid::Sweep& sweep, const runs::RunStore& store, const LocalOptions& options);

// Tests completed runs under another protocol without training them again: mpirun -np RANKS pbn_worker test --run DIR,
// from weights.safetensors. Figures and predictions go to DIR/tests/<protocol>/. Runs that have been tested under this
// protocol count as `skipped`; runs without a result are ignored. Throws a usage error for a grid with an external
// worker.
ExecutionSummary test_runs(const grid::Sweep& sweep, const runs::RunStore& store, const config::TestProtocol& test,
                           const LocalOptions& options);

}  // namespace pbn::executors
