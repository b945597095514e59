// A communicator that reports its sums and waits to the activity board.
#pragma once

#include "worker/communication/communicator.h"
#include "worker/watchdog/activity_board.h"

namespace pbn::worker {

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
    board_.requested_sum();
    watched_.start_sum(tensor);
  }
  void sum(const at::Tensor& tensor) override {
    board_.requested_sum();
    while_waiting([&] { watched_.sum(tensor); });
  }
  void wait() override {
    while_waiting([&] { watched_.wait(); });
  }
  void barrier() override {
    while_waiting([&] { watched_.barrier(); });
  }
  bool can_be_recorded() const override { return watched_.can_be_recorded(); }
  void wait_for_device(const std::function<void()>& wait) override {
    while_waiting([&] { watched_.wait_for_device(wait); });
  }
  void broadcast(const at::Tensor& tensor) override { watched_.broadcast(tensor); }

 private:
  template <typename Call>
  void while_waiting(const Call& call) {
    board_.set_waiting(true);
    call();
    board_.set_waiting(false);
  }

  Communicator& watched_;
  ActivityBoard& board_;
};

}  // namespace pbn::worker
