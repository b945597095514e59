#include "worker/training/stop_request.h"

#include <fmt/format.h>

#include <csignal>
#include <cstdlib>

#include "base/process.h"

namespace pbn::worker {
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
  action.sa_flags = SA_RESTART;  // interrupted reads continue
  sigaction(SIGUSR2, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  if (!is_ignored_signal(SIGHUP)) sigaction(SIGHUP, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // a Ctrl-C may end the reader of the log before the checkpoint is saved
}

std::string describe_stop_signals(double checkpoint_seconds) {
  if (std::getenv("OMPI_COMM_WORLD_SIZE") == nullptr)
    return "SIGUSR2, SIGTERM or SIGHUP: saves a checkpoint and ends with 75";
  return fmt::format(
      "SIGUSR2 to mpirun: saves a checkpoint and ends with 75; SIGTERM: mpirun gives its ranks one second, so that at "
      "most the work since the last checkpoint is lost (one every {:g} s)",
      checkpoint_seconds);
}

bool stop_was_requested() { return requested != 0; }

}  // namespace pbn::worker
