#include "worker/communication/shared_counter.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <ctime>

namespace pbn::worker {
namespace {

static_assert(std::atomic<std::uint32_t>::is_always_lock_free,
              "a lock in one process does not exclude another process");

std::uint32_t* word_of(std::atomic<std::uint32_t>& value) { return reinterpret_cast<std::uint32_t*>(&value); }

void pause_processor() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

std::uint32_t SharedCounter::add(std::uint32_t amount) {
  const std::uint32_t now = add_quietly(amount);
  wake_all();
  return now;
}

void SharedCounter::wake_all() {
  // A sleeper counts itself before its last read of the value, so either it sees the new value or it is seen here.
  if (sleepers_.load() > 0) syscall(SYS_futex, word_of(value_), FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

bool SharedCounter::wait_for(std::uint32_t wanted, int spins, const std::atomic<bool>& stop) {
  for (int spin = 0; spin < spins; ++spin) {
    if (has_reached(wanted)) return true;
    pause_processor();
  }
  constexpr timespec nap{0, 50'000'000};  // so that it notices `stop`
  sleepers_.fetch_add(1);
  while (!stop) {
    const std::uint32_t seen = value_.load();
    if (static_cast<std::int32_t>(seen - wanted) >= 0) break;
    syscall(SYS_futex, word_of(value_), FUTEX_WAIT, seen, &nap, nullptr, 0);
  }
  sleepers_.fetch_sub(1);
  return has_reached(wanted);
}

}  // namespace pbn::worker
