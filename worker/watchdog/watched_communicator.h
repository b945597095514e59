// A communicator whose every sum is told to the activity board.
#pragma once

#include "worker/communication/communicator.h"
#include "worker/watchdog/activity_board.h"

namespace pbn {

class WatchedCommunicator : public Communicator {
 public:
  // Both must outlive it.
  WatchedCommunicator(Communicator& watched, ActivityBoard& board) : watched_(watched), board_(board) {}

  std::string name() const override { return watched_.name(); }
  int rank() const override { return watched_.rank(); }
  int size() const override { return watched_.size(); }
  at::Tensor zeros(std::int64_t elements, const at::TensorOptions& options) override {
    return watched_.zeros(elements, options);
  }
  void start_sum(const at::Tensor& tensor) override {
    board_.asked_for_sum();
    watched_.start_sum(tensor);
  }
  void wait() override {
    board_.waits(true);
    watched_.wait();
    board_.waits(false);
  }
  void sum(const at::Tensor& tensor) override {
    board_.asked_for_sum();
    board_.waits(true);
    watched_.sum(tensor);
    board_.waits(false);
  }
  at::Tensor on_host(const at::Tensor& tensor) override {
    board_.waits(true);
    const at::Tensor values = watched_.on_host(tensor);
    board_.waits(false);
    return values;
  }
  void broadcast(const at::Tensor& tensor) override { watched_.broadcast(tensor); }
  void barrier() override {
    board_.waits(true);
    watched_.barrier();
    board_.waits(false);
  }

 private:
  Communicator& watched_;
  ActivityBoard& board_;
};

}  // namespace pbn
