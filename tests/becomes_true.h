// Waiting for something that another process does: as long as it takes, and no longer.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace pbn {

// Whether it became true within `patience`, which only a test that fails uses up.
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
