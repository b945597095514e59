// The watchdog of the start-up, before the ranks have found each other.
#pragma once

#include <filesystem>
#include <optional>

#include "base/json.h"
#include "worker/watchdog/activity_board.h"
#include "worker/watchdog/watchdog.h"

namespace pbn::worker {

// Watches from before MPI starts until end() or its destruction. A start-up may take run.watchdog, but at least a
// minute, since a worker that waits for another one's lease waits up to half a minute. Its board is in
// DIR/starting/JOB, separate from that of a job that may still use the folder. Watches nothing for a single rank,
// without a launcher that names its job (PMIx), or if the folder is not writable: these cases are noticed later.
class StartUpWatch {
 public:
  // `given`: run.watchdog as it was given, or null.
  StartUpWatch(const std::filesystem::path& run_folder, const Json& given);
  StartUpWatch() = default;  // watches nothing
  ~StartUpWatch() { end(); }
  StartUpWatch(const StartUpWatch&) = delete;
  StartUpWatch& operator=(const StartUpWatch&) = delete;

  void end();

  // Removes the boards of killed jobs. For the holder of the run's lease.
  static void remove_leftovers(const std::filesystem::path& run_folder);

 private:
  std::filesystem::path folder_;
  std::optional<ActivityBoard> board_;
  std::optional<Watchdog> watchdog_;
};

}  // namespace pbn::worker
