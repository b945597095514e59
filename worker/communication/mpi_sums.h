// Sums over the ranks of an MPI communicator, from any thread.
#pragma once

#include <ATen/core/Tensor.h>
#include <mpi.h>

#include <atomic>
#include <vector>

namespace pbn {

// Owns a duplicate of the communicator. MPI lets in one thread at a time (MPI_THREAD_SERIALIZED), and a thread that
// waits inside would keep out one for whose sums another rank waits: so all calls here are short, under one lock of the
// process, and a thread waits outside, asking again and again, after a while with naps in between. A rank that shares
// its processor with others is no hindrance to them while it waits.
class MpiSums {
 public:
  // Gives up waiting when `gives_up` becomes true; no result is valid then.
  MpiSums(MPI_Comm ranks, const std::atomic<bool>& gives_up);
  ~MpiSums();
  MpiSums(const MpiSums&) = delete;
  MpiSums& operator=(const MpiSums&) = delete;

  int rank() const { return rank_; }
  int size() const { return size_; }

  // All return when it is done. Tensors are contiguous, in host memory, of a type that can be summed (element_sums.h).
  void sum(const at::Tensor& tensor);
  void broadcast(const at::Tensor& tensor, int from);
  void meet();

 private:
  void sum_of_shares(const at::Tensor& tensor);
  template <typename Begin>
  void carry_out(const Begin& begin);

  MPI_Comm ranks_ = MPI_COMM_NULL;
  const std::atomic<bool>& gives_up_;
  int rank_ = 0, size_ = 1;
  std::vector<std::byte> values_;  // what this rank adds: Open MPI sums in place by a slower algorithm
  std::vector<std::byte> shares_;  // everybody's values of the numbers that this rank sums
};

}  // namespace pbn
