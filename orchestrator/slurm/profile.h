// A cluster as its user describes it once: a YAML file (slurm/profile-example.yaml lists every entry with its meaning).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pbn {

enum class Launcher { srun, mpirun };

struct SlurmProfile {
  std::string partition, account, qos, gpu_type;  // empty: the cluster's own
  std::string time;                               // as sbatch takes it: "12:00:00"
  int nodes = 1;                                  // of one run
  int cpus = 1, gpus = 0;                         // of one rank
  int memory_mib = 0;                             // of one rank; 0: the cluster's own
  std::string precision;                          // that auto stands for on its nodes: bf16 or fp32; empty: unknown
  Launcher launcher = Launcher::srun;
  std::vector<std::string> launcher_options;
  std::vector<std::string> modules;
  std::vector<std::string> setup;   // lines of bash
  std::vector<std::string> sbatch;  // further options
  int seconds_to_save = 120;        // before the time limit
  int retries = 2;                  // of a run that failed
  int largest_chunk = 0;            // elements of one array; 0: what Slurm allows
  int parallel = 0;                 // runs at a time; 0: what Slurm allows
  int max_submit = 0;               // elements that the user may have in the queue; 0: any number
  std::string script_template;      // the text of slurm/array.sh.mustache or of the user's own
  std::string template_file;        // empty: ours
};

// Throws usage errors with file:line:column and a suggestion for unknown keys and wrong values.
SlurmProfile read_slurm_profile(const std::filesystem::path& file);
SlurmProfile parse_slurm_profile(const std::string& text, const std::string& file);

}  // namespace pbn
