// What data-parallel training needs of the other ranks: sums, one broadcast and a barrier.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>

namespace pbn {

// One interface, three ways: through host memory (host_memory.h), NCCL between GPUs (cuda/), and one process alone.
// Every rank makes the same calls in the same order with tensors of the same shape, or all of them wait for ever.
class Communicator {
 public:
  virtual ~Communicator() = default;

  virtual std::string name() const = 0;
  virtual int rank() const = 0;
  virtual int size() const = 0;

  // (elements) zeros where sums cost least: such as in memory that other ranks see. Every rank calls it.
  virtual at::Tensor zeros(std::int64_t elements, const at::TensorOptions& options) = 0;

  // Starts the sum over all ranks, in place; `tensor` is contiguous and belongs to the sum until wait() returns.
  // bfloat16 is added in float32 in the order of the ranks and rounded once, over several hosts once on each of them
  // and once more between them; NCCL rounds on its way.
  virtual void start_sum(const at::Tensor& tensor) = 0;
  // Returns when every sum that was started is there.
  virtual void wait() = 0;
  // Rank 0's values to everybody, in place.
  virtual void broadcast(const at::Tensor& tensor) = 0;
  virtual void barrier() = 0;

  // A tensor's values in host memory: where they need sums that a GPU still makes, this is where the host waits.
  virtual at::Tensor on_host(const at::Tensor& tensor) { return tensor.cpu(); }

  // Start and wait at once.
  virtual void sum(const at::Tensor& tensor) {
    start_sum(tensor);
    wait();
  }
};

// One process: every sum is there already.
std::unique_ptr<Communicator> alone();

}  // namespace pbn
