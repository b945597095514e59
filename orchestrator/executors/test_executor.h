// Tests a sweep's finished runs again, under another protocol, without training them.
#pragma once

#include "config/run_config.h"
#include "orchestrator/executors/local_executor.h"

namespace pbn {

// One after the other, each as mpirun -np RANKS pbn_worker --run DIR --test, from its weights.safetensors. What it
// finds is left in DIR/tests/<protocol>/. Runs that are tested under this protocol already are passed over (`skipped`),
// those without a result are not tested and not counted. Stopped and started again it does what is missing. Throws
// environment errors as execute does.
ExecutionSummary execute_tests(const Sweep& sweep, const RunStore& store, const Testing& test);

}  // namespace pbn
