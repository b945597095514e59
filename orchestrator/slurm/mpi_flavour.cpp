#include "orchestrator/slurm/mpi_flavour.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "base/error.h"

namespace pbn::slurm {
namespace {

// "MPI plugin types are...\n\tnone\n\tpmi2\n\tpmix\nspecific pmix plugin versions available: pmix_v3,pmix_v4"; before
// Slurm 22.05 every line begins with "srun: ".
std::vector<std::string> flavours_in(std::string list) {
  std::ranges::replace(list, ',', ' ');
  std::istringstream words(list);
  std::vector<std::string> flavours;
  for (std::string word; words >> word;) {
    const bool is_flavour = word == "none" || word == "openmpi" || word.find("pmi") == 0 || word.starts_with("cray");
    if (is_flavour) flavours.push_back(word);
  }
  std::ranges::sort(flavours);
  const auto repeated = std::ranges::unique(flavours);
  flavours.erase(repeated.begin(), repeated.end());
  return flavours;
}

}  // namespace

std::string mpi_flavour(const SlurmProfile& profile) {
  if (!profile.mpi.empty()) return profile.mpi;
  for (std::size_t i = 0; i < profile.launcher_options.size(); ++i) {
    const std::string& option = profile.launcher_options[i];
    if (option.starts_with("--mpi=")) return option.substr(6);
    if (option == "--mpi" && i + 1 < profile.launcher_options.size()) return profile.launcher_options[i + 1];
  }
  return "pmix";
}

void require_mpi_flavour(const SlurmProfile& profile, const std::string& list) {
  if (profile.launcher != Launcher::srun) return;
  const std::vector<std::string> flavours = flavours_in(list);
  const std::string wanted = mpi_flavour(profile);
  const bool tells = std::ranges::find(flavours, "none") != flavours.end();  // every Slurm has it
  if (!tells || std::ranges::find(flavours, wanted) != flavours.end()) return;
  throw usage_error("the profile", "write one of them as \"mpi\", or launcher: mpirun",
                    "its srun --mpi={} would not connect the ranks: srun --mpi=list has {}", wanted,
                    fmt::join(flavours, ", "));
}

}  // namespace pbn::slurm
