// Durations and times as text, and a stopwatch.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <string>

namespace pbn {

// "1 h 02 min", "3 min 05 s", "4.2 s"
std::string human_duration(double seconds);

// "2019-06-16T09:30:00Z" (ISO 8601, in UTC)
std::string utc_text(std::time_t time);
inline std::string utc_now() { return utc_text(std::time(nullptr)); }

// Starts at its construction. detail("read {} results, {}", n, stopwatch.in_words()) prints "read 9 results, 0.012 s".
class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }
  std::string in_words() const { return fmt::format("{:.3f} s", seconds()); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

}  // namespace pbn
