// The command that carries out a run: mpirun with pbn_worker, or the grid's external worker.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/grid/sweep.h"

namespace pbn {

// The pbn_worker beside this program. Throws an environment error when it is missing.
std::filesystem::path find_worker();

// `words` under mpirun -np RANKS, on this machine whatever a batch system's allocation or a host file names, and
// unbound: who packs several runs on a machine says which processors each may use. Throws an environment error when
// mpirun is missing.
std::vector<std::string> under_mpirun(int ranks, const std::vector<std::string>& words);

// mpirun refuses to start as root, which it is in containers, without these.
std::vector<std::pair<std::string, std::string>> mpirun_environment();

// For a run in this folder (absolute), on this machine.
std::vector<std::string> worker_command(const Cell& cell, const std::filesystem::path& run_folder);

}  // namespace pbn
