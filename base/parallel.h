// Work on several threads with deterministic results: InOrder and in_order return results in order, in_parallel calls a
// function once for each index.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "base/time.h"  // Stopwatch

namespace pbn {

// Calls make(0) ... make(count - 1) on `threads` threads; next() returns the results in this order. At most `ahead`
// results are started before they are taken. The destructor stops the threads early: a long `make` should check its
// stop token; a result returned after a stop is discarded.
template <typename Result>
class InOrder {
 public:
  using Make = std::function<Result(std::int64_t index, const std::stop_token& stop)>;

  InOrder(std::int64_t count, int threads, std::int64_t ahead, Make make)
      : count_(count), ahead_(ahead), make_(std::move(make)) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }
  ~InOrder() {
    for (std::jthread& thread : threads_) thread.request_stop();  // all before the first is joined
  }
  InOrder(const InOrder&) = delete;
  InOrder& operator=(const InOrder&) = delete;

  // The next result, or nothing after the last. If `make` threw, rethrows its exception, on every later call too.
  std::optional<Result> next() {
    std::unique_lock lock(mutex_);
    if (taken_ == count_) return std::nullopt;
    const Stopwatch stopwatch;
    made_one_.wait(lock, [&] { return made_.contains(taken_); });
    seconds_waited_ += stopwatch.seconds();
    Made& made = made_.at(taken_);
    if (made.failure) std::rethrow_exception(made.failure);
    std::optional<Result> result = std::move(made.result);
    made_.erase(taken_++);
    took_one_.notify_one();
    return result;
  }

  double seconds_waited() const {  // the time that next() has waited in total
    const std::lock_guard lock(mutex_);
    return seconds_waited_;
  }

 private:
  struct Made {
    std::optional<Result> result;
    std::exception_ptr failure;
  };

  void work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (true) {
      took_one_.wait(lock, stop, [&] { return begun_ == count_ || begun_ < taken_ + ahead_; });
      if (stop.stop_requested() || begun_ == count_) return;
      const std::int64_t index = begun_++;
      lock.unlock();
      Made made;
      try {
        made.result.emplace(make_(index, stop));
      } catch (...) {
        made.failure = std::current_exception();
      }
      lock.lock();
      made_.emplace(index, std::move(made));
      made_one_.notify_one();
    }
  }

  const std::int64_t count_, ahead_;
  const Make make_;
  mutable std::mutex mutex_;  // guards all members below except threads_
  std::condition_variable made_one_;
  std::condition_variable_any took_one_;
  std::map<std::int64_t, Made> made_;
  std::int64_t begun_ = 0, taken_ = 0;
  double seconds_waited_ = 0;
  std::vector<std::jthread> threads_;  // last, so that they are joined before the other members are destroyed
};

// Calls use(make(i)) for 0 <= i < count in the order of i. Only `make` is called on other threads; threads = 0: one per
// core. If `make` throws, the exception of the smallest i is rethrown after the threads have ended.
template <typename Make, typename Use>
void in_order(std::int64_t count, int threads, const Make& make, const Use& use) {
  using Result = decltype(make(count));
  const int cores = threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  InOrder<Result> results(count, cores, 4 * std::int64_t{cores},
                          [&](std::int64_t index, const std::stop_token&) { return make(index); });
  while (std::optional<Result> result = results.next()) use(std::move(*result));
}

// Calls work(i) for 0 <= i < count, on this thread and at most `helpers` others. If calls throw, no further ones are
// made and one of the exceptions is rethrown.
template <typename Work>
void in_parallel(std::size_t count, std::size_t helpers, const Work& work) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex mutex;  // guards `failure`
  const auto run = [&] {
    try {
      for (std::size_t i = next++; i < count; i = next++) work(i);
    } catch (...) {
      next = count;
      const std::lock_guard lock(mutex);
      failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> threads;
    while (threads.size() < helpers && threads.size() + 1 < count) threads.emplace_back(run);
    run();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace pbn
