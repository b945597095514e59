// The one error type. Every failure that a user can meet says what happened, where, and what to do about it, and whose
// turn it is to act: the blame decides the exit code of the program.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace pbn {

// Exit codes follow sysexits.h, so that batch systems and the sweeper can tell them apart.
enum class Blame {
  usage = 64,        // the command line, a grid or a configuration
  data = 65,         // the content of a file
  environment = 69,  // disk, permissions, missing programs, other hosts
  bug = 70,          // ours
  requeue = 75,      // nobody's: the run was saved and wants to be started again
};

struct Error : std::runtime_error {
  // `where` is a file, file:line:column, dataset or option; `hint` says what to do and may be empty.
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

// How a program ended, for people: "was ended by SIGKILL", "could not use its data (exit code 65)". Codes above 128 are
// 128 + a signal's number.
std::string exit_code_in_words(int code);

// Runs the body of a main function. An Error is printed to standard error as "program: where: what. hint" and becomes
// its exit code; any other exception is a bug (70).
int run_and_report(std::string_view program, const std::function<int()>& body);

}  // namespace pbn
