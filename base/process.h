// Other programs, started and waited for without a shell in between: names with spaces or quotes stay what they are.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/descriptor.h"

namespace pbn {

// The file that the shell would run for `program`, looked up in PATH; empty where there is none. Folders of PATH that
// are not there or may not be entered are passed over.
std::filesystem::path find_program(const std::string& program);

// Whether this process ignores the signal, as under nohup SIGHUP.
bool is_ignored_signal(int number);

// Where the running program itself lies.
std::filesystem::path own_program();

struct ProcessOptions {
  std::vector<std::string> command;                                // program and arguments
  std::vector<std::pair<std::string, std::string>> environment{};  // added to ours
  std::filesystem::path output{};  // standard output and error are appended to this file; empty: they stay ours
  int inherited = -1;              // a descriptor that stays open in the child, such as a lock
  int questions = -1;              // a descriptor that becomes the child's standard input; else that is /dev/null
  int answers = -1;                // a descriptor that becomes its standard output
  std::vector<int> processors{};   // the only ones that it may run on, by Linux's numbers; none: all that we may
};

// A child in a process group of its own, so that a Ctrl-C on the terminal reaches us alone. When we die, however
// suddenly, the kernel sends it SIGTERM. The destructor kills the group and waits.
class Process {
 public:
  // Throws an environment error when the program cannot be started.
  explicit Process(const ProcessOptions& options);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // The exit code once it has ended (128 + the signal's number when one ended it), or nothing after this time or when
  // a signal came for us.
  std::optional<int> wait_for(std::chrono::milliseconds time);

  int wait();  // its exit code, however long that takes and whatever signals come for us meanwhile

  void signal(int number);  // to the whole group
  pid_t id() const { return id_; }
  int descriptor() const { return end_.number(); }  // can be polled: readable once it has ended

 private:
  void notice_end_without_pidfd();

  pid_t id_ = -1;
  Descriptor end_;       // a pidfd, or the reading end of a pipe that `watcher_` closes
  std::thread watcher_;  // only where the kernel gives no pidfd
  std::optional<int> exit_code_;
};

}  // namespace pbn
