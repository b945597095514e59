// The communicators of ranks whose tensors are in host memory.
#pragma once

#include <memory>
#include <string>

#include "worker/communication/communicator.h"

namespace pbn {

// Over all ranks, apart from any other communicator: synchronised BatchNorm must not share one with the gradient's
// buckets, whose sums are under way while it asks for its own. Every rank calls it, on its main thread. `wanted`:
//   shared  ranks of one host sum through memory that they share (host_sums.h), hosts through MPI. Throws an
//           environment error, on every rank, where memory cannot be shared.
//   mpi     MPI alone
//   auto    shared where several ranks are on a host and memory can be shared, otherwise mpi
// Which of them it is changes the order of the additions of three and more ranks, and so the last bits of a sum. Each
// gives the same bits for the same ranks on the same hosts.
// `ranks_per_host`, above 0, lets every so many ranks count as one host: the way between hosts can be walked on one.
std::unique_ptr<Communicator> make_host_communicator(const std::string& wanted, int ranks_per_host = 0);

}  // namespace pbn
