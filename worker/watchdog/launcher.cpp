#include "worker/watchdog/launcher.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <set>
#include <string>

namespace pbn::worker {
namespace {

// When a host is cut off, mpirun (Open MPI 4.1) waits for that host's daemon until TCP gives up, a quarter of an hour.
// SIGTERM does not end this wait (the third one crashes mpirun), and SIGKILL turns the documented exit code 70 into
// 137. When its connections to the other hosts are shut down, mpirun takes the daemons for lost and ends at once with
// the code of MPI_Abort, which is 70.

constexpr int most_descriptors = 1024;

bool is_mpirun(pid_t process) {
  static const std::set<std::string> names{"mpirun", "mpiexec", "orterun", "prterun"};
  std::string name;
  std::ifstream("/proc/" + std::to_string(process) + "/comm") >> name;
  return names.contains(name);
}

// Shuts down the TCP connections of the process behind this pidfd. Only system calls, since it runs in a forked child
// of a process with threads.
void shut_down_connections(int process) {
  for (int number = 0; number < most_descriptors; ++number) {
    const auto copy = static_cast<int>(syscall(SYS_pidfd_getfd, process, number, 0));
    if (copy < 0) continue;
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    const bool is_connected = getpeername(copy, reinterpret_cast<sockaddr*>(&peer), &length) == 0;
    if (is_connected && (peer.ss_family == AF_INET || peer.ss_family == AF_INET6)) shutdown(copy, SHUT_RDWR);
    close(copy);
  }
}

// A descriptor that cannot come to mean a later process with the same number: a pidfd or, on kernels before 5.3, the
// process's folder in /proc.
struct ProcessHandle {
  explicit ProcessHandle(pid_t process)
      : is_pidfd(true), descriptor(static_cast<int>(syscall(SYS_pidfd_open, process, 0))) {
    if (descriptor >= 0) return;
    is_pidfd = false;
    descriptor = open(("/proc/" + std::to_string(process)).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  }

  bool is_pidfd;
  int descriptor;
};

void close_all_above_0() {
  if (syscall(SYS_close_range, 1u, ~0u, 0u) == 0) return;
  for (int number = 1; number < most_descriptors; ++number) close(number);
}

}  // namespace

void end_launcher_after(unsigned seconds) {
  const pid_t parent = getppid();
  const ProcessHandle launcher(parent);
  if (launcher.descriptor < 0) return;
  if (is_mpirun(parent) && fork() == 0) {
    setsid();  // mpirun kills the process groups of its ranks
    // Readers of this job's output and processes that wait for its locks do not have to wait for this child.
    dup2(launcher.descriptor, 0);
    close_all_above_0();
    sleep(seconds);
    if (launcher.is_pidfd) shut_down_connections(0);
    sleep(5);
    if (launcher.is_pidfd) {
      syscall(SYS_pidfd_send_signal, 0, SIGKILL, nullptr, 0u);
    } else if (openat(0, "stat", O_RDONLY | O_CLOEXEC) >= 0) {
      kill(parent, SIGKILL);
    }
    _exit(0);
  }
  close(launcher.descriptor);
}

}  // namespace pbn::worker
