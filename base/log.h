// What a program says on standard error beside its results and its errors: notes in passing, progress, and, when asked
// for, what it reads and starts and how long that took. One level for the whole process: its first lines set it.
#pragma once

#include <fmt/format.h>

#include <string>

namespace pbn {

enum class LogLevel { quiet, usual, detailed };

void set_log_level(LogLevel level);  // before there are threads; usual without it
LogLevel log_level();

void print_log_line(const std::string& line);  // above a progress bar, which is drawn again

template <typename... Args>
void note(fmt::format_string<Args...> text, Args&&... args) {
  if (log_level() != LogLevel::quiet) print_log_line(fmt::format(text, std::forward<Args>(args)...));
}
template <typename... Args>
void detail(fmt::format_string<Args...> text, Args&&... args) {
  if (log_level() == LogLevel::detailed) print_log_line(fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace pbn
