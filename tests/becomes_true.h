// Waits for an effect of another process.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace pbn {

// Whether the condition becomes true within `patience`; it returns as soon as it does.
inline bool becomes_true(const std::function<bool()>& condition,
                         std::chrono::milliseconds patience = std::chrono::seconds(30)) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace pbn
