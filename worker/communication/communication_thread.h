// A thread that runs jobs in order: the sums of a communicator, while the main thread continues to compute.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace pbn::worker {

class CommunicationThread {
 public:
  CommunicationThread();
  // Waits for the current job, which its owner must have stopped, and drops the others.
  ~CommunicationThread();
  CommunicationThread(const CommunicationThread&) = delete;
  CommunicationThread& operator=(const CommunicationThread&) = delete;

  void start(std::function<void()> job);

  // Returns when all jobs are done. Rethrows the first exception of a job.
  void wait();

 private:
  void work();

  std::mutex lock_;
  std::condition_variable new_job_, idle_;
  std::deque<std::function<void()>> jobs_;  // the first one is running
  std::exception_ptr failure_;
  bool ends_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace pbn::worker
