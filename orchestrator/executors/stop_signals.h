// Being asked to stop: Ctrl-C, a terminal that goes away, a batch system's TERM, or the USR2 before a time limit.
#pragma once

#include <signal.h>

#include <map>

namespace pbn {

// While it lives, SIGINT, SIGTERM, SIGUSR2, and SIGHUP unless it is ignored (nohup), are counted instead of ending us;
// waiting system calls return at once. What comes within a quarter of a second of the one before is the same request:
// timeout(1) and batch systems signal a program and then its process group, so that it gets each twice. Whoever reads
// what we print may be stopped by the same Ctrl-C or go with the same terminal: that ends nothing, and after a stop
// what we print for them goes nowhere.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  std::map<int, struct sigaction> before_;
};

// How urgently: 0 not at all, 1 once work is saved, 2 at once, 3 without another word. SIGUSR2 and SIGHUP never
// make it more than 1.
int stop_urgency();
inline bool stop_requested() { return stop_urgency() > 0; }

}  // namespace pbn
