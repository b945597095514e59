#include "base/error.h"

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <new>
#include <system_error>

#include "base/colour.h"
#include "base/output.h"
#include "base/text.h"

namespace pbn {
namespace {

std::string message(const std::string& where, const std::string& problem, const std::string& hint) {
  std::string text = where.empty() ? problem : fmt::format("{}: {}", where, problem);
  return hint.empty() ? text : fmt::format("{}; {}", text, hint);
}

// Flushes standard output without failing, for a program that reports another error.
void flush_quietly() {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  std::fflush(stdout);
  std::signal(SIGPIPE, before);
}

int report(std::string_view program, std::string_view text, Blame blame) {
  flush_quietly();
  print_to_stderr(fmt::format("{} {}\n", coloured(fmt::format("{}:", program), Colour::red, STDERR_FILENO),
                              printable_text(text, Colours::kept)));
  return static_cast<int>(blame);
}

}  // namespace

Error::Error(Blame blame, std::string where, std::string what, std::string hint)
    : std::runtime_error(message(where, what, hint)),
      blame(blame),
      where(std::move(where)),
      problem(std::move(what)),
      hint(std::move(hint)) {}

std::string exit_code_in_words(int code) {
  const char* signal_name = code > 128 ? ::sigabbrev_np(code - 128) : nullptr;
  if (signal_name) return fmt::format("was ended by SIG{}", signal_name);
  const char* words = code == 0    ? "finished"
                      : code == 64 ? "refused its configuration"
                      : code == 65 ? "could not use its data"
                      : code == 69 ? "lacked something on this machine"
                      : code == 70 ? "met an internal error"
                      : code == 75 ? "saved itself and asked to be started again"
                                   : "failed";
  return fmt::format("{} (exit code {})", words, code);
}

int run_and_report(std::string_view program, const std::function<int()>& body) {
  open_standard_streams();
  try {
    const int code = body();
    code == 0 ? flush_output() : flush_quietly();
    return code;
  } catch (const Error& error) {
    return report(program, error.what(), error.blame);
  } catch (const std::filesystem::filesystem_error& error) {
    return report(program, fmt::format("{}: {}", error.path1().string(), error.code().message()), Blame::environment);
  } catch (const std::system_error& error) {
    const bool is_output = std::ferror(stdout) != 0;
    return report(program, is_output ? output_error(error.code().value()).what() : error.what(), Blame::environment);
  } catch (const std::bad_alloc&) {
    return report(program, "out of memory; use fewer ranks, a smaller batch or a larger machine", Blame::environment);
  } catch (const std::exception& error) {
    return report(program, fmt::format("internal error: {}", error.what()), Blame::bug);
  }
}

}  // namespace pbn
