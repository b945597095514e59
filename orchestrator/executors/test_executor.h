// Tests a sweep's finished runs again, under another protocol, without training them.
#pragma once

#include "config/run_config.h"
#include "orchestrator/executors/local_schedule.h"

namespace pbn {

// As mpirun -np RANKS pbn_worker test --run DIR, from its weights.safetensors, in the way of local_schedule.h. What
// it finds is left in DIR/tests/<protocol>/. Runs that are tested under this protocol already are passed over
// (`skipped`), those without a result are not tested and not counted. Throws environment errors as an Executor does,
// and a usage error for a grid with a worker of its own.
ExecutionSummary execute_tests(const Sweep& sweep, const RunStore& store, const Testing& test,
                               const LocalOptions& options);

}  // namespace pbn
