// Being asked to stop: Ctrl-C, a batch system's TERM, or the USR2 before a time limit.
#pragma once

#include <signal.h>

namespace pbn {

// While it lives, SIGINT, SIGTERM and SIGUSR2 are counted instead of ending us; waiting system calls return at once.
// What comes within a quarter of a second of the one before is the same request: timeout(1) and batch systems signal a
// program and then its process group, so that it gets each twice.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  struct sigaction interrupt_, terminate_, save_;  // what was there before
};

// How urgently: 0 not at all, 1 once work is saved, 2 at once, 3 without another word. SIGUSR2 never makes it more
// than 1.
int stop_urgency();
inline bool stop_requested() { return stop_urgency() > 0; }

}  // namespace pbn
