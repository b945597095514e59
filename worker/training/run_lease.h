// The right to write into a run's folder. pbn takes a lease of its own for the runs that it starts; this one also
// covers workers that are started by hand.
#pragma once

#include <filesystem>
#include <string>
#include <thread>

#include "base/shared_folder.h"

namespace pbn::worker {

// The holder locks DIR/worker.lock, which also names it. On the same host the kernel releases the lock when the process
// ends. The file system may not share locks between hosts, so the holder also beats: another host takes the run over
// when there has been no beat for `patience` on its own clock.
class RunLease {
 public:
  struct Times {
    double wait = 5;       // seconds; ranks of a killed mpirun live for about one more second
    double between = 5;    // seconds between two beats
    double patience = 30;  // seconds
  };

  // Waits, and throws an environment error that names the holder if another worker keeps the lease.
  RunLease(const std::filesystem::path& folder, Times times);
  explicit RunLease(const std::filesystem::path& folder) : RunLease(folder, Times()) {}
  ~RunLease();
  RunLease(const RunLease&) = delete;
  RunLease& operator=(const RunLease&) = delete;

  // To be called before every write. Throws an environment error if another host has taken the run over or the file has
  // been deleted.
  void require_held() const;

 private:
  void wait_for_holder_on_another_host(Times times) const;
  void beat(const std::stop_token& stop, double between);

  std::filesystem::path file_;
  FileLock lock_;
  std::string holder_;  // first line of the file while this process holds the lease
  std::jthread beating_;
};

}  // namespace pbn::worker
