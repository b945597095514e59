// The ranks of a job, which mpirun or srun started, and this process's place among them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "worker/communication/communicator.h"

namespace pbn::worker {

// An error that every rank throws at the same place, so that one rank can report it for all.
struct SharedError : Error {
  explicit SharedError(Error error) : Error(std::move(error)) {}
};

// Ends every rank at once with this exit code, or only this process if MPI has not started. For any thread at any time.
[[noreturn]] void abort_job(int exit_code);

// Initialises MPI and finalises it at its destruction. Without a launcher there is a single rank. Only the thread that
// created it may call its functions, while no other thread runs a sum, since only one thread at a time may call MPI
// (mpi_sums.h). Any thread may call abort() at any time.
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

  // A communicator through host memory; `wanted` is auto, shared or mpi (host_memory.h). Every rank calls it.
  std::unique_ptr<Communicator> host_communicator(const std::string& wanted = "auto") const;

  // The texts of all ranks. Every rank calls it.
  std::vector<std::string> gather(const std::string& mine) const;
  // The text of rank 0. Every rank calls it.
  std::string from_first(const std::string& mine) const;

  // Runs a step on every rank. If it fails on any, all ranks throw the same SharedError: that of the lowest failing
  // rank.
  void together(const std::function<void()>& step) const;

  // Ends every rank at once with this exit code, for a failure of which the other ranks do not know.
  [[noreturn]] void abort(int exit_code) const { abort_job(exit_code); }

  void barrier() const;

 private:
  int rank_ = 0, size_ = 1, local_rank_ = 0, local_size_ = 1;
  std::vector<std::string> hosts_;
};

// The job according to the launcher's environment variables, before MPI has started. One rank without a launcher.
struct LaunchedJob {
  std::string name;  // unique, the same on all ranks; empty if unknown
  int rank = 0, ranks = 1;
};
LaunchedJob job_before_mpi();

}  // namespace pbn::worker
