// How far long work is, how fast it goes and when it will end, on standard error.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace pbn {

// On a terminal one line that is redrawn; elsewhere a plain line every ten seconds. Nothing for work under two seconds,
// and nothing where notes are not shown (base/log.h). Thread-safe. `note` is shown behind the figures (a loss, a
// cell's name).
//   Progress progress("prepare", people, "images");  ...  progress.advance();
class Progress {
 public:
  Progress(std::string title, std::int64_t total, std::string unit, bool shown = true);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(std::int64_t steps = 1, const std::string& note = "");

  // What is done, but was not done in this time: it is in no rate.
  void pass_over(std::int64_t steps);

 private:
  void draw(bool last);

  using Clock = std::chrono::steady_clock;
  std::mutex mutex_;
  std::string title_, unit_, note_;
  std::int64_t total_, done_ = 0, passed_over_ = 0;  // done: with what was passed over
  bool shown_, on_terminal_, drawn_ = false;
  Clock::time_point start_ = Clock::now(), last_draw_ = start_;
};

}  // namespace pbn
