// A thread that carries out jobs in the order in which they were given: the sums of a communicator, while the thread
// that gave them computes on.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace pbn {

class CommunicationThread {
 public:
  CommunicationThread();
  // Waits for the job at work, which its owner has told to give up, and drops the others.
  ~CommunicationThread();
  CommunicationThread(const CommunicationThread&) = delete;
  CommunicationThread& operator=(const CommunicationThread&) = delete;

  void start(std::function<void()> job);

  // Returns when all jobs are done. Rethrows what the first of them threw.
  void wait();

 private:
  void work();

  std::mutex lock_;
  std::condition_variable new_job_, idle_;
  std::deque<std::function<void()>> jobs_;  // the first one is at work
  std::exception_ptr failure_;
  bool ends_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace pbn
