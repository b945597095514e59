// The communication of data-parallel training between ranks: sums, a broadcast and a barrier.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace pbn::worker {

// Implementations: host memory (host_memory.h), NCCL between GPUs (cuda/), GPUs through host memory
// (staged_communicator.h), and a single process. Every rank must make
// the same calls in the same order with tensors of the same shape, or all ranks wait forever.
class Communicator {
 public:
  virtual ~Communicator() = default;

  virtual std::string name() const = 0;
  virtual int rank() const = 0;
  virtual int size() const = 0;

  // (elements) zeros in memory where sums are fastest, such as memory shared between ranks. Every rank calls it.
  virtual at::Tensor zeros(std::int64_t elements, const at::TensorOptions& options) = 0;

  // Starts the sum over all ranks in place. `tensor` is contiguous and must not be used until wait() returns. bfloat16
  // is added in float32 in the order of the ranks and rounded once; with several hosts once on each host and once
  // between the hosts. NCCL rounds after each addition.
  virtual void start_sum(const at::Tensor& tensor) = 0;
  // Returns when all started sums are done.
  virtual void wait() = 0;
  // Copies rank 0's values to all ranks, in place.
  virtual void broadcast(const at::Tensor& tensor) = 0;
  virtual void barrier() = 0;

  // Whether its sums may be part of a recorded step (device.h). They may not if the host adds on behalf of a GPU.
  virtual bool can_be_recorded() const { return true; }

  // Runs `wait`, in which the host waits for sums that a GPU is still computing.
  virtual void wait_for_device(const std::function<void()>& wait) { wait(); }

  // Starts a sum and waits for it.
  virtual void sum(const at::Tensor& tensor) {
    start_sum(tensor);
    wait();
  }
};

// The communicator of a single process, in which a sum does nothing.
std::unique_ptr<Communicator> alone();

}  // namespace pbn::worker
