#include "worker/training/stop_request.h"

#include <csignal>

namespace pbn {
namespace {

volatile std::sig_atomic_t requested = 0;

void on_signal(int signal) {
  requested = 1;
  if (signal == SIGTERM) std::signal(SIGTERM, SIG_DFL);
}

}  // namespace

void listen_for_stop_requests() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;  // a read that was interrupted goes on
  sigaction(SIGUSR2, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool stop_was_requested() { return requested != 0; }

}  // namespace pbn
