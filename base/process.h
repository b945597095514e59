// Starts programs without a shell, so arguments need no quoting.
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

// The executable that a shell would run for `program`, looked up in PATH; empty if there is none. Missing and
// inaccessible folders of PATH are skipped.
std::filesystem::path find_program(const std::string& program);

// Whether this process ignores the signal, as SIGHUP under nohup.
bool is_ignored_signal(int number);

// The path of the running program.
std::filesystem::path own_program();

struct ProcessOptions {
  std::vector<std::string> command;                                // program and arguments
  std::vector<std::pair<std::string, std::string>> environment{};  // variables added to this process's environment
  std::filesystem::path output{};  // standard output and error are appended to this file; empty: they are inherited
  int inherited = -1;              // a descriptor that stays open in the child, such as a lock
  int standard_input = -1;         // a descriptor to become the child's standard input; -1: /dev/null
  int standard_output = -1;        // a descriptor to become the child's standard output; -1: see `output`
  std::vector<int> processors{};   // Linux's numbers of the processors that it may use; empty: this process's
  std::filesystem::path folder{};  // absolute: where it starts, and where a relative path of the program is looked up;
                                   // empty: this process's
};

// A child process in a new process group, so that a Ctrl-C on the terminal reaches only the parent. When the parent
// dies, however suddenly, the kernel sends the child SIGTERM. The destructor kills the group and waits.
class Process {
 public:
  // Throws an environment error if the program cannot be started.
  explicit Process(const ProcessOptions& options);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // The exit code (128 + the signal's number if a signal ended the child), or nothing if it has not ended after this
  // time or when this process receives a signal.
  std::optional<int> wait_for(std::chrono::milliseconds time);

  int wait();  // waits for the exit code, also through signals to this process

  void signal(int number);  // sent to the whole group
  pid_t id() const { return id_; }
  int descriptor() const { return end_.number(); }  // for poll(2): readable once the child has ended

 private:
  void watch_without_pidfd();

  pid_t id_ = -1;
  Descriptor end_;       // a pidfd, or the reading end of a pipe that `watcher_` closes
  std::thread watcher_;  // used only without pidfd
  std::optional<int> exit_code_;
};

}  // namespace pbn
