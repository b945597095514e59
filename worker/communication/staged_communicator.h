// Sums of tensors on GPUs through host memory, for ranks that share a GPU: NCCL before 2.30.3 refuses these.
#pragma once

#include <memory>

#include "worker/communication/communicator.h"

namespace pbn::worker {

// Copies tensors to pinned host memory, sums them there by `host` (host_memory.h) and copies the sums back, with the
// bits of `host`. start_sum() queues a copy behind the work on the current stream. wait() lets the host wait for these
// copies alone, and the current stream for the sums. Its sums cannot be recorded. It also takes tensors in host memory.
std::unique_ptr<Communicator> make_staged_communicator(std::unique_ptr<Communicator> host);

}  // namespace pbn::worker
