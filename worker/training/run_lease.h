// One writer per run folder. A run that pbn starts has pbn's own lease above this one; this one also holds for workers
// that people start by hand.
#pragma once

#include <filesystem>
#include <string>
#include <thread>

#include "base/shared_folder.h"

namespace pbn {

// DIR/worker.lock is locked by the process that holds the run, and tells who that is. On one host the kernel frees it
// with the process. For other hosts, which the file system may not tell of locks, the holder's beats say that it lives:
// they take over when these have stood still for `patience`, on their own clock.
class RunLease {
 public:
  struct Times {
    double wait = 5;       // seconds: the ranks of a killed mpirun live on for about one
    double between = 5;    // beats of the holder
    double patience = 30;  // for another host's
  };

  // Waits, and throws an environment error that names the holder when somebody else keeps the run.
  RunLease(const std::filesystem::path& folder, Times times);
  explicit RunLease(const std::filesystem::path& folder) : RunLease(folder, Times()) {}
  ~RunLease();
  RunLease(const RunLease&) = delete;
  RunLease& operator=(const RunLease&) = delete;

  // Before every write: throws an environment error when another host has taken the run over, or the file is gone.
  void require_held() const;

 private:
  void wait_for_holder_of_another_kernel(Times times) const;
  void beat(const std::stop_token& stop, double between);

  std::filesystem::path file_;
  FileLock lock_;
  std::string holder_;  // the file's first line while it is ours
  std::jthread beating_;
};

}  // namespace pbn
