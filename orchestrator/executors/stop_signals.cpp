#include "orchestrator/executors/stop_signals.h"

#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace pbn {
namespace {

std::atomic<int> stops{0};  // SIGINT and SIGTERM
std::atomic<int> saves{0};  // SIGUSR2

constexpr std::int64_t one_request = 250'000'000;  // nanoseconds
std::atomic<std::int64_t> counted{0};              // when a stop was, on the clock that never goes back

// Async-signal-safe, as clock_gettime is.
std::int64_t now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

void count(int number) {
  if (number == SIGUSR2) {
    ++saves;
  } else if (stops == 0 || now() - counted >= one_request) {
    ++stops;
    counted = now();
  }
}

}  // namespace

StopSignals::StopSignals() {
  stops = saves = 0;
  struct sigaction action {};
  action.sa_handler = count;  // no SA_RESTART: waiting ends at once
  ::sigaction(SIGINT, &action, &interrupt_);
  ::sigaction(SIGTERM, &action, &terminate_);
  ::sigaction(SIGUSR2, &action, &save_);
}

StopSignals::~StopSignals() {
  ::sigaction(SIGINT, &interrupt_, nullptr);
  ::sigaction(SIGTERM, &terminate_, nullptr);
  ::sigaction(SIGUSR2, &save_, nullptr);
}

int stop_urgency() { return std::clamp(std::max<int>(stops, saves > 0), 0, 3); }

}  // namespace pbn
