#include "base/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "base/log.h"
#include "base/output.h"
#include "base/text.h"

namespace pbn {
namespace {

// "[====    ]" of this width.
std::string bar(double share, std::size_t columns) {
  const std::size_t cells = columns - 2;
  const auto full = static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * static_cast<double>(cells)));
  return fmt::format("[{}{}]", std::string(full, '='), std::string(cells - full, ' '));
}

// The bar fills the space that the text leaves in a terminal's line: a wrapped line could not be redrawn.
std::string line_on_terminal(const std::string& title, double share, const std::string& figures) {
  constexpr std::size_t longest_bar = 26, shortest_bar = 8;
  const std::size_t columns = terminal_columns(STDERR_FILENO);
  const std::string percent = fmt::format("{:3.0f}%", 100 * share);
  const std::size_t words = columns_of(title) + columns_of(percent) + columns_of(figures) + 3;
  const std::size_t room = columns == 0 ? longest_bar : columns - std::min(columns, words + 1);
  const std::string line = room < shortest_bar ? fmt::format("{} {} {}", title, percent, figures)
                                               : fmt::format("{} {} {} {}", title,
                                                             bar(share, std::min(room, longest_bar)), percent, figures);
  return columns == 0 ? line : cut_to_columns(line, columns - 1);
}

}  // namespace

Progress::Progress(std::string title, std::int64_t total, std::string unit, bool shown)
    : title_(std::move(title)),
      unit_(std::move(unit)),
      total_(total),
      shown_(shown && log_level() != LogLevel::quiet),
      on_terminal_(isatty(2) == 1) {}

Progress::~Progress() {
  if (drawn_) draw(true);
}

void Progress::advance(std::int64_t steps, const std::string& note) {
  if (!shown_) return;
  const std::lock_guard lock(mutex_);
  done_ += steps;
  if (!note.empty()) note_ = note;
  if (!drawn_ && since_start_.seconds() < 2) return;
  if (drawn_ && since_draw_.seconds() < (on_terminal_ ? 0.2 : 10)) return;
  since_draw_ = Stopwatch();
  draw(false);
}

void Progress::skip(std::int64_t steps) {
  const std::lock_guard lock(mutex_);
  done_ += steps;
  skipped_ += steps;
}

void Progress::draw(bool last) {
  const double elapsed = since_start_.seconds();
  const double rate = static_cast<double>(done_ - skipped_) / std::max(elapsed, 1e-9);
  const double share = total_ > 0 ? static_cast<double>(done_) / static_cast<double>(total_) : 0;
  const std::string time = last ? fmt::format("in {}", human_duration(elapsed))
                                : fmt::format("{} left", human_duration(static_cast<double>(total_ - done_) / rate));
  const std::string figures = fmt::format("{}/{} {}, {:.{}f}/s, {}{}{}", done_, total_, unit_, rate, rate < 100 ? 1 : 0,
                                          time, note_.empty() ? "" : ", ", one_line(note_));
  if (on_terminal_) {
    print_to_stderr(fmt::format("\r\033[K{}{}", line_on_terminal(title_, share, figures), last ? "\n" : ""));
  } else {
    print_to_stderr(fmt::format("{} {:3.0f}% {}\n", title_, 100 * share, figures));
  }
  drawn_ = true;
}

}  // namespace pbn
