// Runs a call that may crash, hang or use up the memory, such as a library's parser on an untrusted file, in a child
// process with limits, and describes how it failed.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace pbn {

struct SandboxLimits {
  unsigned cpu_seconds = 5;
  unsigned wall_seconds = 60;  // for slow disks
  std::size_t memory = 0;      // bytes of address space in addition to the parent's
};

struct SandboxPage;  // memory that both processes share

// The child's reports to the parent.
class SandboxReport {
 public:
  explicit SandboxReport(SandboxPage& page) : page_(page) {}
  void set_place(const std::string& place);  // the place to name if the call fails from now on
  [[noreturn]] void out_of_memory();         // for calls that hide a failed allocation

 private:
  SandboxPage& page_;
};

struct SandboxOutcome {
  bool succeeded = false;
  std::string result;     // on success: the call's result, cut at 1,000 bytes
  std::string failure;    // else how it ended: "crashes (Segmentation fault)"
  std::string place;      // and the last place that it reported
  bool at_limit = false;  // it failed by exceeding a limit
};

// The child is a fork with the calling thread alone: a lock held by another thread stays locked in it, so no other
// thread may be inside the called code. The child prints nothing, leaves no core file and no zombie; signals to this
// process or its group end neither the child nor the waiting. Throws an environment error if no child can be made.
SandboxOutcome run_in_sandbox(const SandboxLimits& limits, const std::function<std::string(SandboxReport&)>& call);

}  // namespace pbn
