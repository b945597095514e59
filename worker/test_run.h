// Tests a finished run again under another protocol (config/test_protocol.h), from its weights, without training.
#pragma once

#include "worker/communication/ranks.h"
#include "worker/worker_options.h"

namespace pbn {

// Leaves in DIR/tests/PROTOCOL/: predictions.h5; result.json, written last, with the same two halves as the run's own;
// metrics.jsonl, about once a second {"kind": "progress", "people": so far, "of": all}. Under the protocol of training
// these are the run's own predictions to the last bit. Does nothing when that is done already. Every rank calls it.
// Throws a usage error for a run that is not finished. The exit code.
int test_run(const WorkerOptions& options, const Ranks& ranks);

}  // namespace pbn
