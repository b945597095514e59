#include "orchestrator/executors/stop_signals.h"

#include <algorithm>
#include <atomic>

namespace pbn {
namespace {

std::atomic<int> stops{0};  // SIGINT and SIGTERM
std::atomic<int> saves{0};  // SIGUSR2

void count(int number) { ++(number == SIGUSR2 ? saves : stops); }

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
