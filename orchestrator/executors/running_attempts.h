// Attempts that run side by side, each on a share of the machine of its own: how `pbn run` and `pbn work` begin, wait
// for, look after and end them.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "orchestrator/executors/machine_shares.h"
#include "orchestrator/executors/run_attempt.h"
#include "orchestrator/executors/stop_signals.h"

namespace pbn::executors {

class RunningAttempts {
 public:
  using Clock = std::chrono::steady_clock;
  struct Ended {
    std::size_t number;
    std::unique_ptr<RunAttempt> attempt;
  };

  explicit RunningAttempts(MachineShares& shares) : shares_(shares) {}

  // Begins an attempt, which is known by `number`. False while another process holds the run; its share is free again
  // then. `on_line` as in run_attempt.h.
  bool begin(std::size_t number, WorkerTask task, MachineShare share,
             const std::function<void(const Json&)>& on_line = {});

  bool empty() const { return running_.empty(); }
  std::size_t size() const { return running_.size(); }

  // Returns when a worker has ended, when a signal arrives, at the time `latest`, and at least every 250 ms.
  void wait(Clock::time_point latest = Clock::time_point::max()) const;

  // Passes requests to stop on, looks after the workers, and hands out the attempts that have ended, whose shares are
  // free again.
  std::vector<Ended> take_ended();

  // After an error of pbn itself: the workers save their state.
  void save() const;

 private:
  struct Running {
    std::size_t number;
    MachineShare share;
    std::unique_ptr<RunAttempt> attempt;
  };

  MachineShares& shares_;
  StopSignals signals_;
  runs::AttemptObserver observer_;
  std::vector<Running> running_;
  Clock::time_point next_poll_ = Clock::now();
};

}  // namespace pbn::executors
