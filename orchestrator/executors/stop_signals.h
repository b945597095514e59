// Requests to stop: Ctrl-C, a closed terminal, SIGTERM from a batch system, or SIGUSR2 before a time limit.
#pragma once

#include <signal.h>

#include <map>

namespace pbn::executors {

// While this object exists, SIGINT, SIGTERM, SIGUSR2 and SIGHUP (unless ignored, as under nohup) are counted and do not
// end the process; waiting system calls return at once. Signals within a quarter of a second count as one request,
// because timeout(1) and batch systems signal a program and then its process group. SIGPIPE is ignored, because the
// same Ctrl-C may end the reader of our output; after a stop, further output to it is discarded.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  std::map<int, struct sigaction> before_;
};

// The urgency of the requests: 0 none, 1 stop after saving, 2 stop at once, 3 kill. SIGUSR2 and SIGHUP alone never
// exceed 1.
int stop_urgency();
inline bool stop_requested() { return stop_urgency() > 0; }

}  // namespace pbn::executors
