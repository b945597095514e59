#include "worker/communication/staged_communicator.h"

#include <ATen/ops/zeros.h>

#include <utility>
#include <vector>

#include "worker/communication/host_copy.h"

namespace pbn::worker {
namespace {

class StagedCommunicator : public Communicator {
 public:
  explicit StagedCommunicator(std::unique_ptr<Communicator> host) : host_(std::move(host)) {}

  std::string name() const override { return host_->name() + ", staged"; }
  int rank() const override { return host_->rank(); }
  int size() const override { return host_->size(); }
  bool can_be_recorded() const override { return false; }

  at::Tensor zeros(std::int64_t elements, const at::TensorOptions& options) override {
    return at::zeros({elements}, options);
  }

  void start_sum(const at::Tensor& tensor) override { started_.push_back({tensor, HostCopy(tensor)}); }

  // The first sums start while the last values are still being copied.
  void wait() override {
    const std::vector<Sum> sums = std::exchange(started_, {});
    for (const Sum& sum : sums) host_->start_sum(sum.values.wait());
    host_->wait();
    for (const Sum& sum : sums) copy_back(sum);
  }

  void broadcast(const at::Tensor& tensor) override {
    wait();
    const Sum values{tensor, HostCopy(tensor)};
    host_->broadcast(values.values.wait());
    copy_back(values);
  }

  void barrier() override {
    wait();
    host_->barrier();
  }

 private:
  struct Sum {
    at::Tensor tensor;
    HostCopy values;
  };

  // On the current stream. LibTorch uses the pinned memory for nothing else before this copy is complete.
  static void copy_back(const Sum& sum) { sum.tensor.detach().copy_(sum.values.wait(), /*non_blocking=*/true); }

  std::unique_ptr<Communicator> host_;
  std::vector<Sum> started_;
};

}  // namespace

std::unique_ptr<Communicator> make_staged_communicator(std::unique_ptr<Communicator> host) {
  return std::make_unique<StagedCommunicator>(std::move(host));
}

}  // namespace pbn::worker
