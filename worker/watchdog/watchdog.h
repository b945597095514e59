// Ends a job whose ranks make no progress, and names the rank to blame.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "worker/watchdog/activity_board.h"

namespace pbn::worker {

// While it exists, a thread beats on the board. When this rank has made no progress for `seconds` (0: never watch), the
// thread reads what the others do. The lowest rank that still beats calls `give_up` with the report, in this thread.
// `give_up` must end the process, since the main thread may hang in MPI forever.
class Watchdog {
 public:
  Watchdog(ActivityBoard& board, double seconds, std::function<void(const std::string& report)> give_up);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  void watch(const std::stop_token& stop);

  ActivityBoard& board_;
  double seconds_;
  std::function<void(const std::string&)> give_up_;
  std::jthread thread_;
};

// The report, from two readings of the board between which every living rank has beaten: the rank to blame, and the
// last activity of each rank.
std::string describe_standstill(const std::vector<Activity>& before, const std::vector<Activity>& after,
                                double seconds);

// Prints the report and ends every rank with exit code 70, and mpirun too if it does not end with its ranks. For any
// thread, even while the main thread hangs in MPI or has not started MPI. `keep_report` may take five seconds; then the
// process ends without waiting for it.
[[noreturn]] void end_stalled_job(const std::string& report, const std::function<void()>& keep_report = {});

}  // namespace pbn::worker
