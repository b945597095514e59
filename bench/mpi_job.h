// Benchmarks of MPI ranks: the program runs itself again under mpirun.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "bench/contest.h"

namespace pbn::bench {

// The command line of `mpirun -np RANKS PROGRAM ARGUMENTS...`, on processors of their own if `bound_to_cores`. Lets
// root use mpirun.
std::vector<std::string> ranks_of(const std::filesystem::path& program, int ranks, bool bound_to_cores,
                                  const std::vector<std::string>& arguments);

// The same of this program.
std::vector<std::string> own_ranks(int ranks, bool bound_to_cores, const std::vector<std::string>& arguments);

// The task of a rank that answer_of_ranks started: rank 0 writes its answer as JSON to the file `answer`.
struct RankTask {
  Effort effort;
  std::filesystem::path answer;
};
std::optional<RankTask> rank_task(int argc, char** argv);  // nothing in a process that is no such rank

// Runs this program as so many ranks, each on a core of its own if there are enough, and returns their answer. Throws
// an environment error when they fail.
Json answer_of_ranks(int ranks, const Effort& effort);

}  // namespace pbn::bench
