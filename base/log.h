// Messages on standard error other than errors: notes, progress, and details such as the files read, the programs
// started and the time that took. The process has one level, set at its start.
#pragma once

#include <fmt/format.h>

#include <string>

namespace pbn {

enum class LogLevel { quiet, usual, detailed };

void set_log_level(LogLevel level);  // call it before starting threads; the default is `usual`
LogLevel log_level();

void print_log_line(const std::string& line);  // replaces a progress bar, which is drawn again below

template <typename... Args>
void note(fmt::format_string<Args...> text, Args&&... args) {
  if (log_level() != LogLevel::quiet) print_log_line(fmt::format(text, std::forward<Args>(args)...));
}
template <typename... Args>
void detail(fmt::format_string<Args...> text, Args&&... args) {
  if (log_level() == LogLevel::detailed) print_log_line(fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace pbn
