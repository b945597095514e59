#include "base/output.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "base/descriptor.h"

namespace pbn {
namespace {

[[noreturn]] void end_as_by_a_closed_pipe() {
  std::signal(SIGPIPE, SIG_DFL);
  std::raise(SIGPIPE);
  ::_exit(128 + SIGPIPE);  // where it is blocked
}

// What went wrong since the program began; 0: nothing. Some file systems tell of it only when a file is closed.
int failure_of_output() {
  errno = 0;
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) return errno != 0 ? errno : EIO;
  const int copy = ::dup(STDOUT_FILENO);
  return copy >= 0 && ::close(copy) != 0 && errno != EINTR ? errno : 0;
}

}  // namespace

void say(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

void flush_output() {
  if (const int code = failure_of_output(); code != 0) throw lost_output(code);
}

Error lost_output(int code) {
  if (code == EPIPE) end_as_by_a_closed_pipe();
  return environment_error("standard output", code == ENOSPC ? "free some space on that disk" : "", "cannot write: {}",
                           std::strerror(code));
}

void open_standard_streams() {
  for (int stream = 0; stream <= 2; ++stream) {
    if (::fcntl(stream, F_GETFD) < 0) ::open("/dev/null", stream == 0 ? O_WRONLY : O_RDONLY);  // the lowest free number
  }
}

void forget_closed_streams() {
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
    pollfd reader{stream, 0, 0};
    if (::poll(&reader, 1, 0) <= 0 || (reader.revents & (POLLERR | POLLHUP)) == 0) continue;
    const Descriptor nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    if (!nowhere.is_open()) return;
    ::dup2(nowhere.number(), stream);
  }
}

}  // namespace pbn
