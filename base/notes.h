// What a program says on standard error beside its results and its errors: notes in passing, progress, and, when asked
// for, what it reads and starts and how long that took. One level for the whole process: its first lines set it.
#pragma once

#include <fmt/format.h>

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

}  // namespace pbn
