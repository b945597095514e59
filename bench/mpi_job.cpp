#include "bench/mpi_job.h"

#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "base/error.h"
#include "base/files.h"
#include "base/process.h"

namespace pbn::bench {

std::vector<std::string> ranks_of(const std::filesystem::path& program, int ranks, bool bound_to_cores,
                                  const std::vector<std::string>& arguments) {
  ::setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 0);
  ::setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 0);
  std::vector<std::string> command{
      "mpirun", "--quiet", "-np", std::to_string(ranks), "--bind-to", bound_to_cores ? "core" : "none"};
  if (!bound_to_cores) command.push_back("--oversubscribe");
  command.push_back(program.string());
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

std::vector<std::string> own_ranks(int ranks, bool bound_to_cores, const std::vector<std::string>& arguments) {
  return ranks_of(own_program(), ranks, bound_to_cores, arguments);
}

std::optional<RankTask> rank_task(int argc, char** argv) {
  if (argc != 5 || std::string(argv[1]) != "--rank") return std::nullopt;
  return RankTask{{std::atoi(argv[2]), std::atof(argv[3])}, argv[4]};
}

Json answer_of_ranks(int ranks, const Effort& effort) {
  const TemporaryPath answer(std::filesystem::temp_directory_path() / fmt::format("pbn_bench_{}.json", getpid()));
  const bool has_cores = ranks <= static_cast<int>(std::thread::hardware_concurrency());
  const int code = Process({.command = own_ranks(ranks, has_cores,
                                                 {"--rank", std::to_string(effort.rounds),
                                                  std::to_string(effort.seconds), answer.path().string()})})
                       .wait();
  if (code != 0) throw environment_error("mpirun", "see its messages above", "the ranks ended with {}", code);
  return read_json(answer.path());
}

}  // namespace pbn::bench
