// The error type of both programs. Each error says what happened, where, and what to do about it; its blame says who
// must act and decides the exit code.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace pbn {

// Exit codes, as in sysexits.h.
enum class Blame {
  usage = 64,        // the command line, a grid or a configuration
  data = 65,         // the content of a file
  environment = 69,  // disk, permissions, missing programs, other hosts
  bug = 70,          // this project
  requeue = 75,      // nobody: the run saved a checkpoint and asks to be started again
};

struct Error : std::runtime_error {
  // `where` is a file, file:line:column, dataset or option. `hint` says what to do; it may be empty.
  Error(Blame blame, std::string where, std::string what, std::string hint = "");

  Blame blame;
  std::string where;
  std::string problem;
  std::string hint;
};

// For example: throw usage_error("grid.yaml:7:12", "did you mean \"model.depth\"?", "unknown key \"{}\"", key);
template <typename... Args>
Error usage_error(std::string where, std::string hint, fmt::format_string<Args...> what, Args&&... args) {
  return {Blame::usage, std::move(where), fmt::format(what, std::forward<Args>(args)...), std::move(hint)};
}
template <typename... Args>
Error data_error(std::string where, std::string hint, fmt::format_string<Args...> what, Args&&... args) {
  return {Blame::data, std::move(where), fmt::format(what, std::forward<Args>(args)...), std::move(hint)};
}
template <typename... Args>
Error environment_error(std::string where, std::string hint, fmt::format_string<Args...> what, Args&&... args) {
  return {Blame::environment, std::move(where), fmt::format(what, std::forward<Args>(args)...), std::move(hint)};
}
template <typename... Args>
Error bug_error(std::string where, std::string hint, fmt::format_string<Args...> what, Args&&... args) {
  return {Blame::bug, std::move(where), fmt::format(what, std::forward<Args>(args)...), std::move(hint)};
}

// How a program ended: "was ended by SIGKILL", "could not use its data (exit code 65)". Codes above 128 are 128 + the
// number of a signal.
std::string exit_code_in_words(int code);

// Runs the body of a main function and returns the exit code. An Error is printed to standard error as
// "program: where: problem; hint". Other exceptions are bugs (70), except those of the system and lack of memory (69).
int run_and_report(std::string_view program, const std::function<int()>& body);

}  // namespace pbn
