#include "base/sandbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "base/descriptor.h"
#include "base/error.h"

namespace pbn {
namespace {

enum class Stage { running, returned, out_of_memory, threw };

using Text = std::array<char, 1001>;

void copy_to(Text& target, const std::string& text) {
  const std::size_t length = std::min(text.size(), target.size() - 1);
  std::copy_n(text.begin(), length, target.begin());
  target[length] = '\0';
}

}  // namespace

struct SandboxPage {
  Stage stage = Stage::running;
  Text result{};
  Text place{};
};

void SandboxReport::set_place(const std::string& place) { copy_to(page_.place, place); }

void SandboxReport::out_of_memory() {
  page_.stage = Stage::out_of_memory;
  ::_exit(0);
}

namespace {

using SharedPage = std::unique_ptr<SandboxPage, void (*)(SandboxPage*)>;

SharedPage shared_page() {
  void* memory = ::mmap(nullptr, sizeof(SandboxPage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw environment_error("child process", "", "no memory: {}", std::strerror(errno));
  return {new (memory) SandboxPage, [](SandboxPage* page) { ::munmap(page, sizeof *page); }};
}

void lower_limit(int resource, rlim_t soft, rlim_t hard) {
  rlimit limit{};
  ::getrlimit(static_cast<__rlimit_resource>(resource), &limit);
  limit.rlim_cur = std::min(limit.rlim_cur, soft);
  limit.rlim_max = std::min(limit.rlim_max, hard);
  ::setrlimit(static_cast<__rlimit_resource>(resource), &limit);
}

std::size_t own_address_space() {
  std::array<char, 64> text{};
  const Descriptor file(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
  if (::read(file.number(), text.data(), text.size() - 1) <= 0) return RLIM_INFINITY;
  return std::strtoull(text.data(), nullptr, 10) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// The parent's handlers must not run in the child. It ends at faults and limits, and ignores all other signals.
void reset_signals() {
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_IGN);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP, SIGXCPU, SIGALRM}) {
    ::signal(fault, SIG_DFL);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void set_limits(const SandboxLimits& limits) {
  ::alarm(limits.wall_seconds);
  lower_limit(RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1);
  const std::size_t own = own_address_space();
  if (own != RLIM_INFINITY) lower_limit(RLIMIT_AS, own + limits.memory, own + limits.memory);
}

void silence() {
  const Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (int stream = 0; stream <= 2; ++stream) ::dup2(null.number(), stream);
  ::prctl(PR_SET_DUMPABLE, 0);  // no core file
}

// Does not return, since the caller's destructors belong to the parent.
[[noreturn]] void run_child(const SandboxLimits& limits, const std::function<std::string(SandboxReport&)>& call,
                            SandboxPage& page, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);  // the parent died before prctl
  reset_signals();
  silence();
  set_limits(limits);
  try {
    SandboxReport report(page);
    copy_to(page.result, call(report));
    page.stage = Stage::returned;
  } catch (const std::bad_alloc&) {
    page.stage = Stage::out_of_memory;
  } catch (...) {
    page.stage = Stage::threw;
  }
  ::_exit(0);
}

std::string describe_failure(Stage stage, int signal, const SandboxLimits& limits) {
  if (stage == Stage::out_of_memory) return fmt::format("needs more than {} MiB of memory", limits.memory >> 20);
  if (signal == SIGXCPU) return fmt::format("does not end within {} s of computing", limits.cpu_seconds);
  if (signal == SIGALRM) return fmt::format("does not end within {} s", limits.wall_seconds);
  return signal != 0 ? fmt::format("crashes ({})", ::strsignal(signal)) : "fails";
}

}  // namespace

SandboxOutcome run_in_sandbox(const SandboxLimits& limits, const std::function<std::string(SandboxReport&)>& call) {
  const SharedPage page = shared_page();
  const pid_t self = ::getpid();
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);  // no handler runs in the child before they are reset
  const pid_t child = ::fork();
  if (child == 0) run_child(limits, call, *page, self);
  const int code = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (child < 0) {
    throw environment_error("child process", "is the limit of processes or of memory reached?", "cannot be started: {}",
                            std::strerror(code));
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {  // ECHILD: SIGCHLD is ignored and the status is lost
  }
  if (page->stage == Stage::returned) return {true, page->result.data(), "", "", false};
  const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  const bool at_limit = page->stage == Stage::out_of_memory || signal == SIGXCPU || signal == SIGALRM;
  return {false, "", describe_failure(page->stage, signal, limits), page->place.data(), at_limit};
}

}  // namespace pbn
