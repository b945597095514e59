// Sums between GPUs through NCCL. Not yet tested on a GPU (docs/design.md).
#pragma once

#include <memory>

#include "worker/communication/communicator.h"
#include "worker/communication/ranks.h"

namespace pbn::worker {

// Sums over all ranks, each with a GPU of its own, on a separate stream. A sum starts when the work queued before it on
// the current stream is done, and wait() makes the current stream, not the host, wait for the sums. Their bits are the
// same in a recorded step as in one that is not, since NCCL is held to one algorithm (NCCL_ALGO=Ring,
// NCCL_GRAPH_REGISTER=0, unless the environment says otherwise). An error inside a sum ends the job. Throws environment
// errors with NCCL's own description. Destroyed by an exception, it abandons its sums. Every rank calls it.
std::unique_ptr<Communicator> make_nccl_communicator(const Ranks& ranks);

}  // namespace pbn::worker
