// A number in shared memory that only grows, and for whose growth processes can sleep.
#pragma once

#include <atomic>
#include <cstdint>

namespace pbn {

// All bytes zero is a counter that stands at 0. It wraps around after 2^32; what is waited for lies less than 2^31
// ahead.
class SharedCounter {
 public:
  // Afterwards what this thread wrote before is seen by whoever finds the counter grown. Returns where it stands now.
  std::uint32_t add(std::uint32_t amount);
  // The same for a step that nobody waits for yet: sleepers sleep on.
  std::uint32_t add_quietly(std::uint32_t amount) { return value_.fetch_add(amount) + amount; }
  void wake_all();

  bool has_reached(std::uint32_t wanted) const { return static_cast<std::int32_t>(value_.load() - wanted) >= 0; }

  // Looks so many times, and then sleeps until it is woken. False when `stop` became true meanwhile: that is noticed
  // within a twentieth of a second.
  bool wait_for(std::uint32_t wanted, int looks, const std::atomic<bool>& stop);

 private:
  std::atomic<std::uint32_t> value_;
  std::atomic<std::uint32_t> sleepers_;
};

}  // namespace pbn
