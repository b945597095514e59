// pbn_worker --run DIR: trains a run to its end, whoever stops it on the way.
#pragma once

#include "worker/communication/ranks.h"
#include "worker/watchdog/start_up_watch.h"
#include "worker/worker_options.h"

namespace pbn {

// Goes on from the newest checkpoint, and leaves result.json. Returns the exit code: 0, also when the run was finished
// already, or 75 when it was asked to stop and saved itself. `start_up` watches until training does so itself. Every
// rank calls it. Throws Errors.
int train_run(const WorkerOptions& options, const Ranks& ranks, StartUpWatch& start_up);

}  // namespace pbn
