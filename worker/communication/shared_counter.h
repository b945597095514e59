// A counter in shared memory that only increases. Processes can sleep until it reaches a value.
#pragma once

#include <atomic>
#include <cstdint>

namespace pbn::worker {

// Zeroed memory is a counter of value 0. It wraps around after 2^32; a value to wait for is less than 2^31 ahead.
class SharedCounter {
 public:
  // Memory that this thread wrote before is visible to whoever reads the new value. Returns the new value.
  std::uint32_t add(std::uint32_t amount);
  // The same without waking sleepers.
  std::uint32_t add_quietly(std::uint32_t amount) { return value_.fetch_add(amount) + amount; }
  void wake_all();

  bool has_reached(std::uint32_t wanted) const { return static_cast<std::int32_t>(value_.load() - wanted) >= 0; }

  // Reads the counter so many times, then sleeps until it is woken. Returns false if `stop` becomes true, which it
  // notices within a twentieth of a second.
  bool wait_for(std::uint32_t wanted, int spins, const std::atomic<bool>& stop);

 private:
  std::atomic<std::uint32_t> value_;
  std::atomic<std::uint32_t> sleepers_;
};

}  // namespace pbn::worker
