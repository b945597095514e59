#include "bench/mpi_job.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"

namespace pbn::bench {

Json answer_of_ranks(int ranks, std::vector<std::string> arguments) {
  ::setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 0);
  ::setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 0);
  const TemporaryPath answer(std::filesystem::temp_directory_path() / fmt::format("pbn_bench_{}.json", getpid()));
  const bool fits = ranks <= static_cast<int>(std::thread::hardware_concurrency());
  std::vector<std::string> command{
      "mpirun", "--quiet", "-np", std::to_string(ranks), "--bind-to", fits ? "core" : "none"};
  if (!fits) command.push_back("--oversubscribe");
  command.push_back(own_program().string());
  command.insert(command.end(), arguments.begin(), arguments.end());
  command.push_back(answer.path().string());
  const int code = Process({.command = command}).wait();
  if (code != 0) throw environment_error("mpirun", "see its messages above", "the ranks ended with {}", code);
  return read_json(answer.path());
}

}  // namespace pbn::bench
