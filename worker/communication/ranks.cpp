#include "worker/communication/ranks.h"

#include <mpi.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <optional>

#include "base/error.h"
#include "worker/communication/mpi_communicator.h"

namespace pbn {
namespace {

constexpr int message_bytes = 4096;

std::vector<std::string> gather_hosts(int size) {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  std::vector<char> names(name.size() * static_cast<std::size_t>(size));
  MPI_Allgather(name.data(), name.size(), MPI_CHAR, names.data(), name.size(), MPI_CHAR, MPI_COMM_WORLD);
  std::vector<std::string> hosts;
  for (int rank = 0; rank < size; ++rank)
    hosts.emplace_back(names.data() + name.size() * static_cast<std::size_t>(rank));
  return hosts;
}

int rank_on_this_host(int rank) {
  MPI_Comm host = MPI_COMM_NULL;
  int local = 0;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &host);
  MPI_Comm_rank(host, &local);
  MPI_Comm_free(&host);
  return local;
}

// The lowest failing rank's error, as every rank shall throw it.
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

}  // namespace

Ranks::Ranks(int& argc, char**& argv) {
  int provided = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
  MPI_Comm_size(MPI_COMM_WORLD, &size_);
  local_rank_ = rank_on_this_host(rank_);
  hosts_ = gather_hosts(size_);
}

Ranks::~Ranks() { MPI_Finalize(); }

std::unique_ptr<Communicator> Ranks::mpi_communicator() const { return make_mpi_communicator(); }

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

void Ranks::abort(int exit_code) const {
  MPI_Abort(MPI_COMM_WORLD, exit_code);
  std::_Exit(exit_code);
}

void Ranks::barrier() const { MPI_Barrier(MPI_COMM_WORLD); }

int rank_before_mpi() {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "SLURM_PROCID"}) {
    if (const char* value = std::getenv(name)) return std::atoi(value);
  }
  return 0;
}

}  // namespace pbn
