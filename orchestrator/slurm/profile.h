// A profile describes a cluster in a YAML file; slurm/profile-example.yaml explains every entry.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pbn::slurm {

enum class Launcher { srun, mpirun };

struct SlurmProfile {
  std::string partition, account, qos, gpu_type;  // empty: the cluster's default
  std::string time;                               // in sbatch's format: "12:00:00"
  int nodes = 1;                                  // per run
  int cpus = 1, gpus = 0;                         // per rank
  int memory_mib = 0;                             // per rank; 0: the cluster's default
  std::string precision;                          // meaning of auto on the nodes: bf16 or fp32; empty: unknown
  Launcher launcher = Launcher::srun;
  std::vector<std::string> launcher_options;
  std::vector<std::string> modules;
  std::vector<std::string> setup;   // lines of bash
  std::vector<std::string> sbatch;  // further options
  int seconds_to_save = 120;        // before the time limit
  int retries = 2;                  // of a failed run
  int runs_per_element = 1;         // of an array; 0: auto (packing.h)
  int largest_chunk = 0;            // elements of one array; 0: as many as Slurm allows
  int parallel = 0;                 // runs at a time; 0: as many as Slurm allows
  int max_submit = 0;               // elements that the user may have in the queue; 0: any number
  struct Node {                     // what one node has; 0: not stated
    int cpus = 0, gpus = 0, memory_mib = 0;
  };
  Node node;
  std::string script_template;  // the text of slurm/array.sh.mustache or of the user's template
  std::string template_file;    // the user's template; empty: slurm/array.sh.mustache
};

// Throw usage errors with file:line:column and a suggestion for unknown keys and invalid values.
SlurmProfile read_slurm_profile(const std::filesystem::path& file);
SlurmProfile parse_slurm_profile(const std::string& text, const std::string& file);

}  // namespace pbn::slurm
