#include "orchestrator/executors/attempt_list.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <utility>

#include "base/error.h"
#include "orchestrator/executors/stop_signals.h"

namespace pbn::executors {
namespace {

using SteadyClock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto time_between_polls = 250ms;  // the end of a worker is noticed at once
constexpr auto time_between_tries = 1s;     // at runs that other processes hold

class AttemptList {
 public:
  using OnEnd = std::function<void(const WorkerTask&, const EndedAttempt&)>;

  AttemptList(const std::vector<WorkerTask>& tasks, const MachineShare& whole, int at_a_time, OnEnd on_end)
      : tasks_(tasks),
        needs_{.devices = static_cast<int>(whole.devices.size()) / at_a_time},
        shares_(whole, at_a_time),
        on_end_(std::move(on_end)),
        ended_(tasks.size()) {
    for (std::size_t i = 0; i < tasks.size(); ++i) waiting_.push_back(i);
  }

  std::vector<std::optional<EndedAttempt>> execute() {
    try {
      make_all();
    } catch (const Error&) {
      std::vector<RunAttempt*> attempts;
      for (const Running& running : running_) attempts.push_back(running.attempt.get());
      save_all(std::move(attempts));
      throw;
    }
    return std::move(ended_);
  }

 private:
  struct Running {
    std::size_t task;
    MachineShare share;
    std::unique_ptr<RunAttempt> attempt;
  };

  void make_all() {
    while (true) {
      if (!stop_requested()) begin_waiting();
      if (running_.empty() && (stop_requested() || (waiting_.empty() && held_.empty()))) return;
      wait();
      poll_running();
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
      begin(task, *std::move(share));
    }
  }

  void begin(std::size_t number, MachineShare share) {
    WorkerTask task = tasks_[number];
    task.processors = share.processors;
    if (!share.devices.empty()) {
      task.environment.emplace_back("CUDA_VISIBLE_DEVICES", fmt::format("{}", fmt::join(share.devices, ",")));
    }
    auto attempt = std::make_unique<RunAttempt>(std::move(task), observer_);
    if (attempt->start()) {
      running_.push_back({number, std::move(share), std::move(attempt)});
      conclude_ended();  // a run that was finished before needs no worker
      return;
    }
    shares_.give_back(share);
    if (held_.empty()) next_try_of_held_ = SteadyClock::now() + time_between_tries;
    held_.push_back(number);
  }

  void wait() {
    std::vector<pollfd> ends;
    ends.reserve(running_.size());
    for (const Running& running : running_) ends.push_back({running.attempt->descriptor(), POLLIN, 0});
    ::poll(ends.data(), ends.size(), static_cast<int>(std::chrono::milliseconds(time_between_polls).count()));
  }

  void poll_running() {
    for (const Running& running : running_) {
      running.attempt->stop(stop_urgency());
      running.attempt->poll();
    }
    conclude_ended();
  }

  void conclude_ended() {
    std::erase_if(running_, [this](const Running& running) {
      const RunAttempt& attempt = *running.attempt;
      if (!attempt.ending()) return false;
      shares_.give_back(running.share);
      auto& end = ended_[running.task];
      end = {*attempt.ending(), attempt.code(), attempt.reason(), attempt.made_progress()};
      if (on_end_) on_end_(attempt.task(), *end);
      return true;
    });
  }

  const std::vector<WorkerTask>& tasks_;
  MachineNeeds needs_;  // of each run
  StopSignals signals_;
  runs::AttemptObserver observer_;
  MachineShares shares_;
  OnEnd on_end_;
  std::vector<std::optional<EndedAttempt>> ended_;
  std::deque<std::size_t> waiting_;  // numbers of tasks
  std::vector<std::size_t> held_;    // by other processes
  std::vector<Running> running_;
  SteadyClock::time_point next_try_of_held_ = SteadyClock::now();
};

}  // namespace

std::vector<std::optional<EndedAttempt>> attempt_runs(
    const std::vector<WorkerTask>& tasks, const MachineShare& whole, int at_a_time,
    const std::function<void(const WorkerTask&, const EndedAttempt&)>& on_end) {
  return AttemptList(tasks, whole, at_a_time, on_end).execute();
}

}  // namespace pbn::executors
