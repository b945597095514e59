#include "worker/communication/ranks.h"

#include <mpi.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <numeric>
#include <optional>
#include <thread>

#include "base/error.h"
#include "base/host.h"
#include "worker/communication/host_memory.h"

namespace pbn::worker {
namespace {

constexpr int message_bytes = 4096;

// The error of the lowest failing rank, sent to all ranks.
SharedError shared_error(const std::optional<Error>& mine, int rank, int failing) {
  std::array<std::array<char, message_bytes>, 3> texts{};
  int blame = 0;
  if (rank == failing) {
    blame = static_cast<int>(mine->blame);
    mine->where.copy(texts[0].data(), message_bytes - 1);
    mine->problem.copy(texts[1].data(), message_bytes - 1);
    mine->hint.copy(texts[2].data(), message_bytes - 1);
  }
  MPI_Bcast(&blame, 1, MPI_INT, failing, MPI_COMM_WORLD);
  MPI_Bcast(texts.data(), 3 * message_bytes, MPI_CHAR, failing, MPI_COMM_WORLD);
  return SharedError({static_cast<Blame>(blame), texts[0].data(), texts[1].data(), texts[2].data()});
}

// The environment variables of launchers. Those of Open MPI, the first, take precedence. The others may be nested: the
// one with the most tasks counts.
struct Launcher {
  const char *name, *rank, *ranks;
};
constexpr Launcher launchers[] = {{"mpirun", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
                                  {"srun", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS"},
                                  {"mpirun", "PMI_RANK", "PMI_SIZE"},
                                  {"mpirun", "MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE"},
                                  {"jsrun", "JSM_NAMESPACE_RANK", "JSM_NAMESPACE_SIZE"},
                                  {"flux run", "FLUX_TASK_RANK", "FLUX_JOB_SIZE"}};

struct LaunchedTask {
  const char* launcher = nullptr;  // null without one
  int rank = 0, ranks = 1;
};

LaunchedTask this_task() {
  LaunchedTask task;
  for (const Launcher& launcher : launchers) {
    const char *const rank = std::getenv(launcher.rank), *const ranks = std::getenv(launcher.ranks);
    if (!rank || !ranks || (task.launcher && std::atoi(ranks) <= task.ranks)) continue;
    task = {launcher.name, std::atoi(rank), std::atoi(ranks)};
    if (&launcher == launchers) break;
  }
  return task;
}

// If MPI does not support the launcher's protocol, each task has an MPI world of its own and would train alone.
void require_all_tasks(int known_to_mpi) {
  const LaunchedTask task = this_task();
  if (task.ranks <= known_to_mpi) return;
  MPI_Finalize();
  if (task.rank > 0) {  // rank 0 reports the error, before the launcher kills it because another task has ended
    std::this_thread::sleep_for(std::chrono::seconds(1));
    std::_Exit(static_cast<int>(Blame::environment));  // without waiting for threads
  }
  const char* const hint =
      task.launcher == std::string("srun")
          ? "start it with srun --mpi=TYPE with a type that this MPI supports, such as pmix (srun --mpi=list), or with "
            "mpirun"
          : "start it with the mpirun of the MPI that pbn_worker was built with (mpirun --version: Open MPI)";
  throw environment_error("", hint, "{} started {} tasks that do not know each other", task.launcher, task.ranks);
}

}  // namespace

Ranks::Ranks(int& argc, char**& argv) {
  int provided = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_SERIALIZED, &provided);
  if (provided < MPI_THREAD_SERIALIZED) {
    throw environment_error("MPI", "use one that was built with support for threads",
                            "this MPI cannot be called by several threads");
  }
  MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
  MPI_Comm_size(MPI_COMM_WORLD, &size_);
  require_all_tasks(size_);
  MPI_Comm host = MPI_COMM_NULL;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &host);
  MPI_Comm_rank(host, &local_rank_);
  MPI_Comm_size(host, &local_size_);
  MPI_Comm_free(&host);
  hosts_ = gather(host_name());
}

Ranks::~Ranks() { MPI_Finalize(); }

std::unique_ptr<Communicator> Ranks::host_communicator(const std::string& wanted) const {
  return make_host_communicator(wanted);
}

std::vector<std::string> Ranks::gather(const std::string& mine) const {
  const auto count = static_cast<std::size_t>(size_);
  std::vector<int> lengths(count), places(count);
  const int length = static_cast<int>(mine.size());
  MPI_Allgather(&length, 1, MPI_INT, lengths.data(), 1, MPI_INT, MPI_COMM_WORLD);
  std::exclusive_scan(lengths.begin(), lengths.end(), places.begin(), 0);
  std::string all(static_cast<std::size_t>(places.back() + lengths.back()), ' ');
  MPI_Allgatherv(mine.data(), length, MPI_CHAR, all.data(), lengths.data(), places.data(), MPI_CHAR, MPI_COMM_WORLD);
  std::vector<std::string> texts;
  for (std::size_t rank = 0; rank < count; ++rank) {
    texts.push_back(all.substr(static_cast<std::size_t>(places[rank]), static_cast<std::size_t>(lengths[rank])));
  }
  return texts;
}

std::string Ranks::from_first(const std::string& mine) const {
  auto length = static_cast<int>(mine.size());
  MPI_Bcast(&length, 1, MPI_INT, 0, MPI_COMM_WORLD);
  std::string text = mine;
  text.resize(static_cast<std::size_t>(length));
  MPI_Bcast(text.data(), length, MPI_CHAR, 0, MPI_COMM_WORLD);
  return text;
}

void Ranks::together(const std::function<void()>& step) const {
  std::optional<Error> mine;
  try {
    step();
  } catch (const Error& error) {
    mine = error;
  } catch (const std::exception& error) {
    mine = bug_error("", "", "internal error: {}", error.what());
  }
  int failing = mine ? rank_ : size_;
  MPI_Allreduce(MPI_IN_PLACE, &failing, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
  if (failing < size_) throw shared_error(mine, rank_, failing);
}

void Ranks::barrier() const { MPI_Barrier(MPI_COMM_WORLD); }

void abort_job(int exit_code) {
  int has_started = 0, has_ended = 0;
  MPI_Initialized(&has_started);
  MPI_Finalized(&has_ended);
  if (has_started && !has_ended) MPI_Abort(MPI_COMM_WORLD, exit_code);
  std::_Exit(exit_code);
}

LaunchedJob job_before_mpi() {
  const char* const name = std::getenv("PMIX_NAMESPACE");
  const LaunchedTask task = this_task();
  return {name ? name : "", task.rank, task.ranks};
}

}  // namespace pbn::worker
