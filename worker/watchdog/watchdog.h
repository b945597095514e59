// Ends a run that stands still, and says which rank is to blame.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "worker/watchdog/activity_board.h"

namespace pbn {

// While it lives, a thread beats on the board. When this rank has not moved for `seconds` (0: never mind), it looks at
// what the others do; the lowest rank that still beats then calls `give_up` with the report, in that thread. `give_up`
// shall end the process: the main thread may stand in MPI for ever.
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

// The report, from two looks at the board between which every living rank has beaten: who is missing, and what each
// rank did last.
std::string describe_standstill(const std::vector<Activity>& before, const std::vector<Activity>& after,
                                double seconds);

}  // namespace pbn
