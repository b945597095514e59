// Many threads make, one uses, in order.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace pbn {

// Calls make(i) for 0 <= i < count on `threads` threads (0: one for each core) and use(result of make(i)) on the
// caller's, in the order of i, so that what comes out does not depend on the threads. At most 4 results per thread
// wait, however slow `use` is. The first i whose make throws decides the exception; the threads have ended when it
// arrives.
template <typename Make, typename Use>
void in_order(std::int64_t count, int threads, const Make& make, const Use& use) {
  using Result = decltype(make(count));
  struct Made {
    std::optional<Result> result;
    std::exception_ptr failure;
  };
  if (threads < 1) threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const std::int64_t most_waiting = 4 * std::int64_t{threads};

  std::mutex mutex;
  std::condition_variable made_one, used_one;
  std::map<std::int64_t, Made> waiting;
  std::int64_t next_to_make = 0, next_to_use = 0;
  bool stopped = false;

  const auto work = [&] {
    std::unique_lock lock(mutex);
    while (true) {
      used_one.wait(lock,
                    [&] { return stopped || next_to_make >= count || next_to_make < next_to_use + most_waiting; });
      if (stopped || next_to_make >= count) return;
      const std::int64_t index = next_to_make++;
      lock.unlock();
      Made made;
      try {
        made.result.emplace(make(index));
      } catch (...) {
        made.failure = std::current_exception();
      }
      lock.lock();
      waiting.emplace(index, std::move(made));
      made_one.notify_one();
    }
  };

  std::vector<std::jthread> workers;  // joined last, after `stopper` has told them
  struct Stopper {
    std::mutex& mutex;
    bool& stopped;
    std::condition_variable& signal;
    ~Stopper() {
      const std::lock_guard lock(mutex);
      stopped = true;
      signal.notify_all();
    }
  } stopper{mutex, stopped, used_one};
  for (int i = 0; i < threads; ++i) workers.emplace_back(work);

  for (std::int64_t index = 0; index < count; ++index) {
    std::unique_lock lock(mutex);
    made_one.wait(lock, [&] { return waiting.contains(index); });
    Made made = std::move(waiting.extract(index).mapped());
    next_to_use = index + 1;
    used_one.notify_all();
    lock.unlock();
    if (made.failure) std::rethrow_exception(made.failure);
    use(std::move(*made.result));
  }
}

}  // namespace pbn
