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

[[noreturn]] void end_by_sigpipe() {
  std::signal(SIGPIPE, SIG_DFL);
  std::raise(SIGPIPE);
  ::_exit(128 + SIGPIPE);  // SIGPIPE is blocked
}

// The errno of the first failure; 0: none. Some file systems report a failure only when a descriptor is closed.
int failure_of_output() {
  errno = 0;
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) return errno != 0 ? errno : EIO;
  Descriptor copy(::dup(STDOUT_FILENO));
  return copy.is_open() && !copy.close() && errno != EINTR ? errno : 0;
}

}  // namespace

void print_to_stderr(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

void flush_output() {
  if (const int code = failure_of_output(); code != 0) throw output_error(code);
}

Error output_error(int code) {
  if (code == EPIPE) end_by_sigpipe();
  return environment_error("standard output", code == ENOSPC ? "free some space on that disk" : "", "cannot write: {}",
                           std::strerror(code));
}

void open_standard_streams() {
  for (int stream = 0; stream <= 2; ++stream) {
    if (::fcntl(stream, F_GETFD) < 0) ::open("/dev/null", stream == 0 ? O_WRONLY : O_RDONLY);  // the lowest free number
  }
}

void redirect_closed_streams() {
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
    pollfd reader{stream, 0, 0};
    if (::poll(&reader, 1, 0) <= 0 || (reader.revents & (POLLERR | POLLHUP)) == 0) continue;
    const Descriptor null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    if (!null.is_open()) return;
    ::dup2(null.number(), stream);
  }
}

}  // namespace pbn
