// Makes system calls fail as on old kernels, under container profiles and on limited file systems.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <exception>
#include <functional>
#include <vector>

namespace pbn {

struct DeniedCall {
  long number;  // SYS_link
  int error;    // EPERM
};

// Runs `body` in a child process in which these calls fail, also in the processes that it starts. Returns the result of
// `body`; 98 if it threw, -1 if it was killed.
inline int in_child_without(const std::vector<DeniedCall>& calls, const std::function<int()>& body) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    for (const auto& [number, error] : calls) {
      sock_filter filter[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                              BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(number), 0, 1),
                              BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
                              BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
      const sock_fprog program{4, filter};
      if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) ::_exit(99);
    }
    int code = 98;
    try {
      code = body();
    } catch (const std::exception& error) {
      std::fputs(error.what(), stderr);
    }
    std::fflush(nullptr);
    ::_exit(code);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

inline int in_child(const std::function<int()>& body) { return in_child_without({}, body); }

}  // namespace pbn
