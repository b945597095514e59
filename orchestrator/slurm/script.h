// The batch script of an array or of a report, both made from slurm/array.sh.mustache.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/slurm/profile.h"

namespace pbn::slurm {

// Quotes a word for a POSIX shell if it has special characters.
std::string shell_quoted(const std::string& word);
std::string shell_quoted(const std::vector<std::string>& words);  // separated by spaces

// The script of an array. Every element executes pbn work LIST INDEX -- LAUNCHER.
struct ArrayScript {
  std::filesystem::path list;
  int ranks = 1;            // of one run
  bool is_launched = true;  // by srun or mpirun; otherwise a run is one process
  bool is_packed = false;   // elements of several runs
  int side_by_side = 1;     // runs of an element at a time; the job has room for so many
};
std::string array_script(const SlurmProfile& profile, const ArrayScript& array);

// The script of the report, on one processor: pbn with these arguments.
std::string report_script(const SlurmProfile& profile, const std::vector<std::string>& arguments);

// The command that starts the ranks of a run within a job; the worker's command follows it. Of several runs
// `side_by_side`, srun gives each its own part of the job.
std::vector<std::string> launcher_command(const SlurmProfile& profile, int ranks, int side_by_side = 1);

}  // namespace pbn::slurm
