#include "orchestrator/executors/running_attempts.h"

#include <fmt/ranges.h>
#include <poll.h>

#include <algorithm>
#include <utility>

namespace pbn::executors {
namespace {

using namespace std::chrono_literals;

constexpr auto time_between_polls = 250ms;  // the end of a worker is noticed at once

}  // namespace

bool RunningAttempts::begin(std::size_t number, WorkerTask task, MachineShare share,
                            const std::function<void(const Json&)>& on_line) {
  task.processors = share.processors;
  if (!share.devices.empty()) {
    task.environment.emplace_back("CUDA_VISIBLE_DEVICES", fmt::format("{}", fmt::join(share.devices, ",")));
  }
  auto attempt = std::make_unique<RunAttempt>(std::move(task), observer_, on_line);
  if (!attempt->start()) {
    shares_.give_back(share);
    return false;
  }
  running_.push_back({number, std::move(share), std::move(attempt)});
  return true;
}

void RunningAttempts::wait(Clock::time_point latest) const {
  std::vector<pollfd> ends;
  ends.reserve(running_.size());
  Clock::time_point due = std::min(next_poll_, latest);
  for (const Running& running : running_) {
    ends.push_back({running.attempt->descriptor(), POLLIN, 0});
    if (running.attempt->ending()) due = Clock::now();  // a run that was finished before needs no worker
  }
  const auto time = std::chrono::ceil<std::chrono::milliseconds>(due - Clock::now());
  ::poll(ends.data(), ends.size(), static_cast<int>(std::max<std::int64_t>(0, time.count())));
}

std::vector<RunningAttempts::Ended> RunningAttempts::take_ended() {
  const bool is_due = Clock::now() >= next_poll_;
  if (is_due) next_poll_ = Clock::now() + time_between_polls;
  for (const Running& running : running_) {
    RunAttempt& attempt = *running.attempt;
    pollfd end{attempt.descriptor(), POLLIN, 0};
    attempt.stop(stop_urgency());
    if (is_due || ::poll(&end, 1, 0) > 0) attempt.poll();
  }
  std::vector<Ended> ended;
  std::erase_if(running_, [&](Running& running) {
    if (!running.attempt->ending()) return false;
    shares_.give_back(running.share);
    ended.push_back({running.number, std::move(running.attempt)});
    return true;
  });
  return ended;
}

void RunningAttempts::save() const {
  std::vector<RunAttempt*> attempts;
  for (const Running& running : running_) attempts.push_back(running.attempt.get());
  save_all(std::move(attempts));
}

}  // namespace pbn::executors
