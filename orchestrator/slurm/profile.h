// A profile describes a cluster in a YAML file; slurm/profile-example.yaml explains every entry.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/executors/container.h"

namespace pbn::slurm {

enum class Launcher { srun, mpirun };

// The job that makes the report, on one processor.
struct ReportJob {
  std::string partition;                           // empty: that of the runs
  std::string time = "30";                         // in sbatch's format
  int memory_mib = 0;                              // 0: the cluster's default
  std::optional<std::vector<std::string>> sbatch;  // further options; nothing: those of the runs
};

struct SlurmProfile {
  std::string partition, account, qos, gpu_type;  // empty: the cluster's default
  std::string time;                               // in sbatch's format: "12:00:00"
  bool auto_time = false, auto_memory = false;    // by what runs need (sizing.h)
  std::string limit_time;                         // the most that a job gets; empty: unknown
  int limit_memory_mib = 0;                       // the same per rank; 0: unknown
  int nodes = 1;                                  // per run
  int cpus = 1, gpus = 0;                         // per rank
  int memory_mib = 0;                             // per rank; 0: the cluster's default
  std::string precision;                          // meaning of auto on the nodes: bf16 or fp32; empty: unknown
  Launcher launcher = Launcher::srun;
  std::string mpi;  // of srun --mpi; empty: pmix, unless launcher_options say it
  std::vector<std::string> launcher_options;
  bool login_shell = false;  // whether the script reads /etc/profile
  std::vector<std::string> modules;
  std::vector<std::string> setup;   // lines of bash
  std::vector<std::string> sbatch;  // further options
  std::string mail_to, mail_on;     // "me@here.org", "END,FAIL"; empty: the user, nothing
  ReportJob report;
  std::optional<executors::Container> container;  // for the workers; sees GPUs where `gpus` is not 0
  int seconds_to_save = 120;                      // before the time limit
  int retries = 2;                                // of a failed run
  int runs_per_element = 1;                       // of an array; 0: auto (packing.h)
  int largest_chunk = 0;                          // elements of one array; 0: as many as Slurm allows
  int parallel = 0;                               // runs at a time; 0: as many as Slurm allows
  int max_submit = 0;                             // elements that the user may have in the queue; 0: any number
  struct Node {                                   // what one node has; 0: not stated
    int cpus = 0, gpus = 0, memory_mib = 0;
  };
  Node node;
  std::string script_template;  // the text of slurm/array.sh.mustache or of the user's template
  std::string template_file;    // the user's template; empty: slurm/array.sh.mustache
};

// Throw usage errors with file:line:column and a suggestion for unknown keys and invalid values.
SlurmProfile read_slurm_profile(const std::filesystem::path& file);
SlurmProfile parse_slurm_profile(const std::string& text, const std::string& file);

// What a profile takes, for editors (orchestrator/grid/json_schema.h).
Json profile_schema();

}  // namespace pbn::slurm
