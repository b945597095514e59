#include "orchestrator/executors/attempt_list.h"

#include <chrono>
#include <deque>
#include <utility>

#include "base/error.h"
#include "orchestrator/executors/running_attempts.h"
#include "orchestrator/executors/stop_signals.h"

namespace pbn::executors {
namespace {

using SteadyClock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto time_between_tries = 1s;  // at runs that other processes hold

class AttemptList {
 public:
  using OnEnd = std::function<void(const WorkerTask&, const EndedAttempt&)>;

  AttemptList(const std::vector<WorkerTask>& tasks, const MachineShare& whole, int at_a_time, OnEnd on_end)
      : tasks_(tasks),
        needs_{.devices = static_cast<int>(whole.devices.size()) / at_a_time},
        shares_(whole, at_a_time),
        running_(shares_),
        on_end_(std::move(on_end)),
        ended_(tasks.size()) {
    for (std::size_t i = 0; i < tasks.size(); ++i) waiting_.push_back(i);
  }

  std::vector<std::optional<EndedAttempt>> execute() {
    try {
      make_all();
    } catch (const Error&) {
      running_.save();
      throw;
    }
    return std::move(ended_);
  }

 private:
  void make_all() {
    while (true) {
      if (!stop_requested()) begin_waiting();
      if (running_.empty() && (stop_requested() || (waiting_.empty() && held_.empty()))) return;
      running_.wait();
      for (const RunningAttempts::Ended& ended : running_.take_ended()) conclude(ended.number, *ended.attempt);
    }
  }

  void begin_waiting() {
    if (SteadyClock::now() >= next_try_of_held_) {
      waiting_.insert(waiting_.end(), held_.begin(), held_.end());
      held_.clear();
    }
    while (!waiting_.empty()) {
      auto share = shares_.take(needs_);
      if (!share) return;
      const std::size_t task = waiting_.front();
      waiting_.pop_front();
      if (running_.begin(task, tasks_[task], *std::move(share))) continue;
      if (held_.empty()) next_try_of_held_ = SteadyClock::now() + time_between_tries;
      held_.push_back(task);
    }
  }

  void conclude(std::size_t task, const RunAttempt& attempt) {
    ended_[task] = {*attempt.ending(), attempt.code(), attempt.reason(), attempt.made_progress()};
    if (on_end_) on_end_(attempt.task(), *ended_[task]);
  }

  const std::vector<WorkerTask>& tasks_;
  MachineNeeds needs_;  // of each run
  MachineShares shares_;
  RunningAttempts running_;
  OnEnd on_end_;
  std::vector<std::optional<EndedAttempt>> ended_;
  std::deque<std::size_t> waiting_;  // numbers of tasks
  std::vector<std::size_t> held_;    // by other processes
  SteadyClock::time_point next_try_of_held_ = SteadyClock::now();
};

}  // namespace

std::vector<std::optional<EndedAttempt>> attempt_runs(
    const std::vector<WorkerTask>& tasks, const MachineShare& whole, int at_a_time,
    const std::function<void(const WorkerTask&, const EndedAttempt&)>& on_end) {
  return AttemptList(tasks, whole, at_a_time, on_end).execute();
}

}  // namespace pbn::executors
