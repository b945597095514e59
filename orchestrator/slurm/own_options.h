// Options of Slurm's commands that pbn gives itself. Given again in a profile they would override pbn's, or be
// overridden, silently.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/slurm/profile.h"

namespace pbn::slurm {

// Throws a usage error at `where` if an element of the profile's `sbatch` is such an option, or no option at all. The
// hint names the entry to use instead. --gres, --mem-per-cpu and --mem-per-gpu are pbn's only where the profile has
// `gpus` or `memory`.
void require_not_own(const std::string& element, const std::string& where, const SlurmProfile& profile);

// Whether the options of srun choose the flavour of PMI.
bool chooses_mpi(const std::vector<std::string>& launcher_options);

}  // namespace pbn::slurm
