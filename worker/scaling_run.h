// Measures a step and the sums of these ranks, and predicts how training would scale (scaling_model.h).
#pragma once

#include "worker/communication/ranks.h"
#include "worker/worker_options.h"

namespace pbn {

// `mpirun -np N pbn_worker --config c.json --scaling-model [--step-ms T]`: trains a few steps of the run's own network
// and data, every rank by itself and then together, and writes no file. Rank 0 prints what the model says about these
// ranks beside what was measured, and then its efficiencies for clusters of up to 512 GPUs. For them a step takes T
// milliseconds on one device, or what it takes here. Every rank calls it. The exit code.
int scaling_run(const WorkerOptions& options, const Ranks& ranks);

}  // namespace pbn
