// The flavours of PMI, through which srun tells the ranks of an MPI job about each other: pmix, pmi2, pmix_v4, ...
#pragma once

#include <string>

#include "orchestrator/slurm/profile.h"

namespace pbn::slurm {

// The profile's `mpi`, or the one in launcher_options; pmix where neither says it.
std::string mpi_flavour(const SlurmProfile& profile);

// Throws a usage error if this Slurm's srun lacks the flavour; otherwise every rank would train alone. Does nothing for
// mpirun, or where srun lists no flavours. `list` is the output of srun --mpi=list.
void require_mpi_flavour(const SlurmProfile& profile, const std::string& list);

}  // namespace pbn::slurm
