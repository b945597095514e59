#include "base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "base/error.h"
#include "base/log.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& additions) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable; ++variable) {
    const std::string text = *variable;
    const auto replaced = [&](const auto& addition) { return text.starts_with(addition.first + "="); };
    if (std::none_of(additions.begin(), additions.end(), replaced)) variables.push_back(text);
  }
  for (const auto& [name, value] : additions) variables.push_back(fmt::format("{}={}", name, value));
  return variables;
}

Descriptor open_output(const fs::path& file) {
  if (file.empty()) return Descriptor();
  Descriptor output(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (!output.is_open()) throw environment_error(file.string(), "", "cannot write: {}", std::strerror(errno));
  return output;
}

// Both ends are closed on failure; errno gives the reason.
struct Pipe {
  Descriptor reading{}, writing{};
};
Pipe make_pipe() {
  int ends[2] = {-1, -1};
  const int failed = ::pipe2(ends, O_CLOEXEC);
  return failed != 0 ? Pipe{} : Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// The kernel keeps no exit codes where SIGCHLD is ignored, as some daemons set it for their children.
void keep_exit_codes() {
  if (is_ignored_signal(SIGCHLD)) ::signal(SIGCHLD, SIG_DFL);
}

// Runs between fork and exec, so it makes system calls only: another thread may have held any lock.
[[noreturn]] void exec_child(char* const* arguments, char* const* environment, const ProcessOptions& options,
                             const cpu_set_t& processors, int output, pid_t parent, int failure) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(143);  // the parent died before prctl
  if (output >= 0) ::dup2(output, 1);
  if (output >= 0) ::dup2(output, 2);
  // By default not this process's standard input: mpirun would read what a shell's loop still needs.
  const Descriptor null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  ::dup2(options.standard_input >= 0 ? options.standard_input : null.number(), 0);
  ::fcntl(0, F_SETFD, 0);  // dup2 does nothing if the descriptor is 0 already
  if (options.standard_output >= 0) ::dup2(options.standard_output, 1);
  if (options.inherited >= 0) ::fcntl(options.inherited, F_SETFD, 0);
  if (CPU_COUNT(&processors) > 0) ::sched_setaffinity(0, sizeof processors, &processors);
  ::signal(SIGPIPE, SIG_DFL);
  const bool is_there = options.folder.empty() || ::chdir(options.folder.c_str()) == 0;
  if (is_there) ::execve(arguments[0], arguments, environment);
  const int code = errno;
  const ssize_t ignored = ::write(failure, &code, sizeof code);
  static_cast<void>(ignored);
  ::_exit(127);
}

}  // namespace

bool is_ignored_signal(int number) {
  struct sigaction now {};
  return ::sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

fs::path find_program(const std::string& program) {
  if (program.find('/') != std::string::npos)
    return ::access(program.c_str(), X_OK) == 0 ? fs::path(program) : fs::path();
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "/usr/local/bin:/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    fs::path candidate = fs::path(folder.empty() ? "." : folder) / program;
    std::error_code hidden;
    if (fs::is_regular_file(candidate, hidden) && ::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

fs::path own_program() { return fs::read_symlink("/proc/self/exe"); }

Process::Process(const ProcessOptions& options) {
  std::vector<std::string> command = options.command;
  const bool is_path = command.at(0).find('/') != std::string::npos;
  const fs::path program = find_program(is_path ? (options.folder / command[0]).string() : command[0]);
  if (program.empty()) throw environment_error(command[0], "", "no such program");
  command[0] = options.folder.empty() ? program.string() : fs::absolute(program).string();
  std::vector<std::string> variables = environment_with(options.environment);
  const std::vector<char*> arguments = pointers(command);
  const std::vector<char*> environment = pointers(variables);

  cpu_set_t processors;
  CPU_ZERO(&processors);
  for (const int processor : options.processors) CPU_SET(processor, &processors);

  keep_exit_codes();
  const Descriptor output = open_output(options.output);
  Pipe failure = make_pipe();
  const pid_t self = ::getpid();
  id_ = failure.writing.is_open() ? ::fork() : -1;
  if (id_ == 0) {
    exec_child(arguments.data(), environment.data(), options, processors, output.number(), self,
               failure.writing.number());
  }
  int code = errno;
  failure.writing.close();
  // exec closes the pipe: end of file means success.
  const bool failed = id_ < 0 || ::read(failure.reading.number(), &code, sizeof code) > 0;
  if (failed && id_ > 0) ::waitpid(id_, nullptr, 0);
  if (failed) throw environment_error(command[0], "", "cannot start: {}", std::strerror(code));
  detail("started: {}", fmt::join(options.command, " "));
  // A system call, since glibc 2.36's declaration of pidfd_open does not link in C++.
  end_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, id_, 0)));
  if (!end_.is_open()) watch_without_pidfd();
}

// Kernels before 5.3 lack pidfds, and container profiles from before 2021 forbid them.
void Process::watch_without_pidfd() {
  Pipe pipe = make_pipe();
  if (!pipe.reading.is_open()) {
    const int code = errno;
    signal(SIGKILL);
    ::waitpid(id_, nullptr, 0);
    throw environment_error(fmt::format("process {}", id_), "", "cannot be watched: {}", std::strerror(code));
  }
  end_ = std::move(pipe.reading);
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);  // the watcher handles no signals
  watcher_ = std::thread([id = id_, writing = std::move(pipe.writing)]() mutable {
    siginfo_t ignored;
    while (::waitid(P_PID, static_cast<id_t>(id), &ignored, WEXITED | WNOWAIT) != 0 && errno == EINTR) continue;
    writing.close();
  });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Process::~Process() {
  if (!exit_code_) signal(SIGKILL);
  if (watcher_.joinable()) watcher_.join();
  if (!exit_code_) ::waitpid(id_, nullptr, 0);
}

std::optional<int> Process::wait_for(std::chrono::milliseconds time) {
  pollfd ended{end_.number(), POLLIN, 0};
  if (exit_code_ || ::poll(&ended, 1, static_cast<int>(time.count())) <= 0) return exit_code_;
  int status = 0;
  if (::waitpid(id_, &status, WNOHANG) != id_) return {};
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return exit_code_;
}

int Process::wait() {
  while (!exit_code_) wait_for(std::chrono::minutes(1));
  return *exit_code_;
}

void Process::signal(int number) {
  if (!exit_code_) ::kill(-id_, number);
}

}  // namespace pbn
