// The command that performs a run: mpirun with pbn_worker, or the grid's external worker.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/executors/container.h"
#include "orchestrator/grid/sweep.h"

namespace pbn::executors {

// The pbn_worker in this program's folder. Throws an environment error when it is missing.
std::filesystem::path find_worker();

// The words that start pbn_worker, with `container` in a container.
std::vector<std::string> pbn_worker_words(const std::optional<Container>& container);

// `words` under mpirun -np RANKS, to be started with environment_here(). Ranks are not bound to processors, because the
// caller chooses the processors of each run. Throws an environment error when mpirun is missing.
std::vector<std::string> under_mpirun(int ranks, const std::vector<std::string>& words);

using Variables = std::vector<std::pair<std::string, std::string>>;

// The variables of a command that begins with this launcher; empty: none. mpirun may run as root, as in containers, and
// leaves it to pbn to say how the ranks ended. The parameters of Open MPI 4 have other names in version 5, which has
// fewer options on the command line; each version ignores the other's.
Variables environment_under(const std::string& launcher);

// The variables of worker_command(). mpirun stays on this machine, even within a batch job or with a host file, and
// starts no daemons on other nodes.
Variables environment_here(const grid::Cell& cell);

// The grid's words for an external worker. Where it runs copies of its program, in whose folder it starts, a relative
// path of another program, such as .venv/bin/python, is one in the folder in which pbn was started.
std::vector<std::string> worker_words(const grid::Worker& worker);

// The words of an external worker for a run in this folder (absolute), without a launcher.
std::vector<std::string> external_command(const grid::Cell& cell, const grid::Run& run,
                                          const std::filesystem::path& run_folder);

// The command for a run in this folder (absolute) on this machine; with `container`, in one container for each rank.
std::vector<std::string> worker_command(const grid::Cell& cell, const grid::Run& run,
                                        const std::filesystem::path& run_folder,
                                        const std::optional<Container>& container = {});

}  // namespace pbn::executors
