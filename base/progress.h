// Shows the progress, the speed and the remaining time of long work on standard error.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "base/time.h"

namespace pbn {

// On a terminal it redraws one line; elsewhere it prints a line every ten seconds. It shows nothing for work under two
// seconds, or where notes are off (base/log.h). Thread-safe. `note` follows the figures (a loss, a cell's name).
//   Progress progress("prepare", people, "images");  ...  progress.advance();
class Progress {
 public:
  Progress(std::string title, std::int64_t total, std::string unit, bool shown = true);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(std::int64_t steps = 1, const std::string& note = "");

  // Counts steps that were done before; they are not part of the rate.
  void skip(std::int64_t steps);

 private:
  void draw(bool last);

  std::mutex mutex_;
  std::string title_, unit_, note_;
  std::int64_t total_, done_ = 0, skipped_ = 0;  // `done_` includes `skipped_`
  bool shown_, on_terminal_, drawn_ = false;
  Stopwatch since_start_, since_draw_;
};

}  // namespace pbn
