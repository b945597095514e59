// The first steps of a run, to learn what it will cost before it costs it.
#pragma once

#include "worker/communication/ranks.h"
#include "worker/worker_options.h"

namespace pbn {

// Trains `options.try_steps` steps on the run's own data and forgets them. Rank 0 prints one line of JSON:
// {"images_per_second", "peak_memory_mib" (of the rank that needed most), "parameters", "gflop_per_image", "ranks",
// "steps", "host", "device"}. The speed is that of the last step, which finds everything warm. Writes no file. Every
// rank calls it. The exit code.
int try_run(const WorkerOptions& options, const Ranks& ranks);

}  // namespace pbn
