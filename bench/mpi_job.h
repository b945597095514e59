// A benchmark whose work is done by MPI ranks: the program starts itself once more under mpirun.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace pbn::bench {

// Runs `this program ARGUMENTS... ANSWER` as so many ranks, each on a core of its own while there are as many, and
// returns the JSON that rank 0 wrote to the file ANSWER. Throws an environment error when it fails.
Json answer_of_ranks(int ranks, std::vector<std::string> arguments);

}  // namespace pbn::bench
