// Sums between GPUs by NCCL. Not yet run on a GPU (docs/design.md).
#pragma once

#include <memory>

#include "worker/communication/communicator.h"
#include "worker/communication/ranks.h"

namespace pbn {

// Over all ranks, each with one GPU, on a stream of its own: a sum begins when the work that was queued before it on
// the current stream is done, and wait() makes the current stream, not the host, wait for the sums.
std::unique_ptr<Communicator> make_nccl_communicator(const Ranks& ranks);

}  // namespace pbn
