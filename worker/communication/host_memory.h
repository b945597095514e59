// Communicators for tensors in host memory.
#pragma once

#include <memory>
#include <string>

#include "worker/communication/communicator.h"

namespace pbn::worker {

// A communicator of all ranks, independent of any other one: synchronised BatchNorm must not share one with the
// gradient buckets, whose sums are in progress at the same time. Every rank calls it, on its main thread. `wanted`:
//   shared  ranks of one host sum through shared memory (host_sums.h), hosts through MPI. Throws an environment error
//   on
//           every rank if memory cannot be shared.
//   mpi     MPI only
//   auto    shared if a host has several ranks that can share memory, else mpi
// The choice changes the order of additions with three and more ranks, and thus the last bits of a sum. Each one gives
// the same bits for the same ranks on the same hosts.
// `ranks_per_host`, if above 0: so many consecutive ranks count as one host, to test several hosts on one machine.
std::unique_ptr<Communicator> make_host_communicator(const std::string& wanted, int ranks_per_host = 0);

}  // namespace pbn::worker
