// A sandbox for a call that may crash, hang or eat all memory, because it is another's code on a file that nobody
// vouches for: a child process makes it first, under limits, and its death becomes a sentence.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace pbn {

struct SandboxLimits {
  unsigned cpu_seconds = 5;
  unsigned wall_seconds = 60;  // for slow disks
  std::size_t memory = 0;      // bytes of address space beyond what the process has now
};

struct SandboxPage;  // memory that both processes see

// What the child tells us on its way.
class SandboxReport {
 public:
  explicit SandboxReport(SandboxPage& page) : page_(page) {}
  void now_at(const std::string& place);  // so that a death can be placed
  [[noreturn]] void out_of_memory();      // for calls that swallow a failed allocation

 private:
  SandboxPage& page_;
};

struct SandboxOutcome {
  bool survived = false;
  std::string answer;     // of a survivor: what the call returned, cut at 1,000 bytes
  std::string death;      // else what ended it: "crashed (Segmentation fault)"
  std::string place;      // and where it was
  bool at_limit = false;  // it died of a limit, not of a fault
};

// The child is a fork: of several threads it has the calling one alone, and a lock that another thread holds stays
// locked in it, so no other thread may be inside the code that is called. It writes nothing to the terminal, leaves no
// core and no zombie, and a signal that is sent to us or to our group ends neither it nor the waiting.
// Throws an environment error when there can be no child.
SandboxOutcome run_in_sandbox(const SandboxLimits& limits, const std::function<std::string(SandboxReport&)>& call);

}  // namespace pbn
