// Trains and tests a sweep's runs on this machine, several at a time where there is room (local_schedule.h). Both throw
// environment errors when a program is missing or the store cannot be written.
#pragma once

#include "config/run_config.h"
#include "orchestrator/executors/local_schedule.h"

namespace pbn {

// Every run that has no result is trained once, however many processes do this at the same time and however often they
// are killed; doing it again does only what is missing. A run that fails does not stop the others. Each runs as
// mpirun -np RANKS pbn_worker, or as the grid's external worker.
ExecutionSummary train_runs(const Sweep& sweep, const RunStore& store, const LocalOptions& options);

// Tests finished runs again, under another protocol, without training them: mpirun -np RANKS pbn_worker --run DIR
// --test, from weights.safetensors. Figures and predictions are left in DIR/tests/<protocol>/. Runs that are tested
// under this protocol already are passed over (`skipped`), those without a result are not tested and not counted.
// Throws a usage error for a grid with an external worker.
ExecutionSummary test_runs(const Sweep& sweep, const RunStore& store, const Testing& test, const LocalOptions& options);

}  // namespace pbn
