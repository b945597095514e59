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

// Owns MPI from construction to destruction. Started without a launcher it is the one rank of one.
// The thread that made it is the only one that may call MPI.
class Ranks {
 public:
  Ranks(int& argc, char**& argv);
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  int rank() const { return rank_; }
  int size() const { return size_; }
  int local_rank() const { return local_rank_; }                    // among the ranks of this host
  const std::vector<std::string>& hosts() const { return hosts_; }  // (size) host of every rank

  // Sums through host memory, apart from any other communicator of this or another kind.
  std::unique_ptr<Communicator> mpi_communicator() const;

  // Runs a step on every rank. When it fails anywhere, it throws the same SharedError everywhere: that of the lowest
  // rank that failed.
  void together(const std::function<void()>& step) const;

  // Ends every rank at once with this exit code: for a failure that the others cannot know of.
  [[noreturn]] void abort(int exit_code) const;

  void barrier() const;

 private:
  int rank_ = 0, size_ = 1, local_rank_ = 0;
  std::vector<std::string> hosts_;
};

// The rank that the launcher's environment gives before MPI has started; 0 without a launcher.
int rank_before_mpi();

}  // namespace pbn
