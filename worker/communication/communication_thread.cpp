#include "worker/communication/communication_thread.h"

#include <utility>

namespace pbn::worker {

CommunicationThread::CommunicationThread() : thread_([this] { work(); }) {}

CommunicationThread::~CommunicationThread() {
  {
    const std::lock_guard guard(lock_);
    ends_ = true;
  }
  new_job_.notify_one();
  thread_.join();
}

void CommunicationThread::start(std::function<void()> job) {
  {
    const std::lock_guard guard(lock_);
    jobs_.push_back(std::move(job));
  }
  new_job_.notify_one();
}

void CommunicationThread::wait() {
  std::unique_lock guard(lock_);
  idle_.wait(guard, [&] { return jobs_.empty(); });
  if (const auto failure = std::exchange(failure_, nullptr)) std::rethrow_exception(failure);
}

void CommunicationThread::work() {
  std::unique_lock guard(lock_);
  while (true) {
    new_job_.wait(guard, [&] { return ends_ || !jobs_.empty(); });
    if (ends_) return;
    const std::function<void()>& job = jobs_.front();
    guard.unlock();
    std::exception_ptr failure;
    try {
      job();
    } catch (...) {
      failure = std::current_exception();
    }
    guard.lock();
    if (!failure_) failure_ = failure;
    jobs_.pop_front();
    if (jobs_.empty()) idle_.notify_all();
  }
}

}  // namespace pbn::worker
