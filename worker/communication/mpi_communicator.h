// Sums in host memory by Open MPI.
#pragma once

#include <memory>

#include "worker/communication/communicator.h"

namespace pbn {

// Over all ranks, on a duplicate of MPI_COMM_WORLD of its own: synchronised BatchNorm must not share one with the
// gradient's buckets, whose sums are under way while it asks for its own.
std::unique_ptr<Communicator> make_mpi_communicator();

}  // namespace pbn
