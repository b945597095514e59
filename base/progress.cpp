#include "base/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/notes.h"

namespace pbn {
namespace {

double seconds_between(std::chrono::steady_clock::time_point from, std::chrono::steady_clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

std::string bar(double share, int cells = 24) {
  const int full = static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * cells));
  return std::string(full, '=') + std::string(cells - full, ' ');
}

}  // namespace

std::string human_duration(double seconds) {
  if (!(seconds < 1e9)) return "?";
  if (seconds < 60) return fmt::format("{:.{}f} s", seconds, seconds < 9.95 ? 1 : 0);
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

Progress::Progress(std::string title, std::int64_t total, std::string unit, bool shown)
    : title_(std::move(title)),
      unit_(std::move(unit)),
      total_(total),
      shown_(shown && shown_notes() != Notes::none),
      on_terminal_(isatty(2) == 1) {}

Progress::~Progress() {
  if (drawn_) draw(true);
}

void Progress::advance(std::int64_t steps, const std::string& note) {
  if (!shown_) return;
  const std::lock_guard lock(mutex_);
  done_ += steps;
  if (!note.empty()) note_ = note;
  const auto now = Clock::now();
  if (seconds_between(start_, now) < 2 && !drawn_) return;
  if (drawn_ && seconds_between(last_draw_, now) < (on_terminal_ ? 0.2 : 10)) return;
  last_draw_ = now;
  draw(false);
}

void Progress::pass_over(std::int64_t steps) {
  const std::lock_guard lock(mutex_);
  done_ += steps;
  passed_over_ += steps;
}

void Progress::draw(bool last) {
  const double elapsed = seconds_between(start_, Clock::now());
  const double rate = static_cast<double>(done_ - passed_over_) / std::max(elapsed, 1e-9);
  const double share = total_ > 0 ? static_cast<double>(done_) / static_cast<double>(total_) : 0;
  const std::string time = last ? fmt::format("in {}", human_duration(elapsed))
                                : fmt::format("{} left", human_duration(static_cast<double>(total_ - done_) / rate));
  const std::string figures = fmt::format("{}/{} {}, {:.{}f}/s, {}{}{}", done_, total_, unit_, rate, rate < 100 ? 1 : 0,
                                          time, note_.empty() ? "" : ", ", note_);
  if (on_terminal_) {
    fmt::print(stderr, "\r\033[K{} [{}] {:3.0f}% {}{}", title_, bar(share), 100 * share, figures, last ? "\n" : "");
  } else {
    fmt::print(stderr, "{} {:3.0f}% {}\n", title_, 100 * share, figures);
  }
  std::fflush(stderr);
  drawn_ = true;
}

}  // namespace pbn
