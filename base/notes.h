// What a program says on standard error beside its results and its errors: notes in passing, progress, and, when asked
// for, what it reads and starts and how long that took. One level for the whole process: its first lines set it.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <string>

namespace pbn {

enum class Notes { none, usual, detailed };

void show_notes(Notes level);  // before there are threads; usual without it
Notes shown_notes();

void print_note(const std::string& line);  // above a progress bar, which is drawn again

template <typename... Args>
void note(fmt::format_string<Args...> text, Args&&... args) {
  if (shown_notes() != Notes::none) print_note(fmt::format(text, std::forward<Args>(args)...));
}
template <typename... Args>
void detail(fmt::format_string<Args...> text, Args&&... args) {
  if (shown_notes() == Notes::detailed) print_note(fmt::format(text, std::forward<Args>(args)...));
}

// For the end of a detail: detail("read {} results, {}", n, timer.in_words()) prints "read 9 results, 0.012 s".
class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }
  std::string in_words() const { return fmt::format("{:.3f} s", seconds()); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

}  // namespace pbn
