// The watchdog of the start-up, when the ranks have not found each other yet.
#pragma once

#include <filesystem>
#include <optional>

#include "base/json.h"
#include "worker/watchdog/activity_board.h"
#include "worker/watchdog/watchdog.h"

namespace pbn {

// From before MPI begins until end(), or its own end. A start-up may take run.watchdog, and a minute where that is
// less: who waits for another worker's lease waits for up to half of that. Its board is in DIR/starting/JOB, apart from
// that of a job that may have the folder still. Watches nothing for a rank alone, without a launcher that tells of the
// ranks (PMIx) and where the folder cannot be written to: all of that is noticed later.
class StartUpWatch {
 public:
  // `wanted`: run.watchdog as it was given, or null.
  StartUpWatch(const std::filesystem::path& run_folder, const Json& wanted);
  StartUpWatch() = default;  // watches nothing
  ~StartUpWatch() { end(); }
  StartUpWatch(const StartUpWatch&) = delete;
  StartUpWatch& operator=(const StartUpWatch&) = delete;

  void end();

  // What jobs that were killed have left, by who has the run's lease.
  static void remove_leftovers(const std::filesystem::path& run_folder);

 private:
  std::filesystem::path folder_;
  std::optional<ActivityBoard> board_;
  std::optional<Watchdog> watchdog_;
};

}  // namespace pbn
