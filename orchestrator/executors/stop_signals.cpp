#include "orchestrator/executors/stop_signals.h"

#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "base/output.h"
#include "base/process.h"

namespace pbn::executors {
namespace {

std::atomic<int> stops{0};  // SIGINT and SIGTERM
std::atomic<int> saves{0};  // SIGUSR2 and SIGHUP

constexpr std::int64_t one_request = 250'000'000;  // nanoseconds
std::atomic<std::int64_t> last_stop{0};            // on the monotonic clock

// Async-signal-safe, as clock_gettime is.
std::int64_t now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

void count(int number) {
  if (number == SIGUSR2 || number == SIGHUP) {
    ++saves;
  } else if (stops == 0 || now() - last_stop >= one_request) {
    ++stops;
    last_stop = now();
  }
}

}  // namespace

StopSignals::StopSignals() {
  stops = saves = 0;
  struct sigaction action {};
  action.sa_handler = count;  // without SA_RESTART, so that waiting system calls return
  for (const int number : {SIGINT, SIGTERM, SIGUSR2, SIGHUP}) {
    if (number != SIGHUP || !is_ignored_signal(SIGHUP)) ::sigaction(number, &action, &before_[number]);
  }
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, &before_[SIGPIPE]);
}

StopSignals::~StopSignals() {
  if (stop_requested()) redirect_closed_streams();
  for (const auto& [number, action] : before_) ::sigaction(number, &action, nullptr);
}

int stop_urgency() { return std::clamp(std::max<int>(stops, saves > 0), 0, 3); }

}  // namespace pbn::executors
