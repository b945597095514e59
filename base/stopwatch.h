// How long something took.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <string>

namespace pbn {

// Runs from its construction. detail("read {} results, {}", n, stopwatch.in_words()) prints "read 9 results, 0.012 s".
class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }
  std::string in_words() const { return fmt::format("{:.3f} s", seconds()); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

}  // namespace pbn
