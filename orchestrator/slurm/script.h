// The batch script of an array or of its report, made from the one template (slurm/array.sh.mustache).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/slurm/profile.h"

namespace pbn {

// One word for a POSIX shell, whatever is in it: plain words stay, all else goes between single quotes.
std::string shell_quoted(const std::string& word);
std::string shell_quoted(const std::vector<std::string>& words);  // with spaces between them

// For every element of an array: pbn work LIST INDEX -- LAUNCHER.
struct ArrayScript {
  std::filesystem::path list;
  int ranks = 1;            // of one run
  bool is_launched = true;  // by srun or mpirun; else it is one process
};
std::string array_script(const SlurmProfile& profile, const ArrayScript& array);

// For the report, on one processor: pbn with these arguments.
std::string report_script(const SlurmProfile& profile, const std::vector<std::string>& arguments);

// What starts the ranks within a job; the worker's own command follows.
std::vector<std::string> launcher_command(const SlurmProfile& profile, int ranks);

}  // namespace pbn
