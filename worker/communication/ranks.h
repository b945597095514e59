// This process among those that mpirun or srun started.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "worker/communication/communicator.h"

namespace pbn {

// An error that every rank throws at the same place, so that one of them can speak for all.
struct SharedError : Error {
  explicit SharedError(Error error) : Error(std::move(error)) {}
};

// Ends every rank at once with this exit code, or this one where MPI has not started. From any thread at any time.
[[noreturn]] void abort_job(int exit_code);

// Owns MPI from construction to destruction. Started without a launcher it is the one rank of one.
// Its functions are for the thread that made it, while no sum of a communicator is under way on another one; MPI lets
// in one thread at a time (mpi_sums.h). abort() alone may come from any thread at any time.
class Ranks {
 public:
  Ranks(int& argc, char**& argv);
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  int rank() const { return rank_; }
  int size() const { return size_; }
  int local_rank() const { return local_rank_; }                    // among the ranks of this host
  int local_size() const { return local_size_; }                    // their number
  const std::vector<std::string>& hosts() const { return hosts_; }  // (size) host of every rank

  // Sums through host memory; `wanted` is auto, shared or mpi (host_memory.h). Every rank calls it.
  std::unique_ptr<Communicator> host_communicator(const std::string& wanted = "auto") const;

  // Every rank's text, on all of them.
  std::vector<std::string> gather(const std::string& mine) const;
  // Rank 0's text, on all of them.
  std::string from_first(const std::string& mine) const;

  // Runs a step on every rank. When it fails anywhere, it throws the same SharedError everywhere: that of the lowest
  // rank that failed.
  void together(const std::function<void()>& step) const;

  // Ends every rank at once with this exit code: for a failure that the others cannot know of.
  [[noreturn]] void abort(int exit_code) const { abort_job(exit_code); }

  void barrier() const;

 private:
  int rank_ = 0, size_ = 1, local_rank_ = 0, local_size_ = 1;
  std::vector<std::string> hosts_;
};

// What the launcher's environment tells before MPI has started; one rank without a launcher.
struct LaunchedJob {
  std::string name;  // the same on all ranks, and no other job's; empty where nobody tells
  int rank = 0, ranks = 1;
};
LaunchedJob job_before_mpi();

}  // namespace pbn
