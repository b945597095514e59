// Sums between GPUs through NCCL. Not yet tested on a GPU (docs/design.md).
#pragma once

#include <memory>

#include "worker/communication/communicator.h"
#include "worker/communication/ranks.h"

namespace pbn::worker {

// Sums over all ranks, each with one GPU, on a separate stream. A sum starts when the work queued before it on the
// current stream is done, and wait() makes the current stream, not the host, wait for the sums.
std::unique_ptr<Communicator> make_nccl_communicator(const Ranks& ranks);

}  // namespace pbn::worker
