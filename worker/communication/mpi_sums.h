// Sums over the ranks of an MPI communicator, from any thread.
#pragma once

#include <ATen/core/Tensor.h>
#include <mpi.h>

#include <atomic>
#include <vector>

namespace pbn::worker {

// Owns a duplicate of the communicator. Only one thread at a time may call MPI (MPI_THREAD_SERIALIZED), and a thread
// that waited inside MPI would block another one for whose sums another rank waits. So all calls are short, under one
// lock of the process, and a thread waits outside by testing repeatedly, after a while with short sleeps, which leave
// the processor to other ranks.
class MpiSums {
 public:
  // Stops waiting when `gives_up` becomes true; no result is valid then.
  MpiSums(MPI_Comm ranks, const std::atomic<bool>& gives_up);
  ~MpiSums();
  MpiSums(const MpiSums&) = delete;
  MpiSums& operator=(const MpiSums&) = delete;

  int rank() const { return rank_; }
  int size() const { return size_; }

  // These functions return when the work is done. Tensors are contiguous, in host memory, of a type that can be summed
  // (element_sums.h).
  void sum(const at::Tensor& tensor);
  void broadcast(const at::Tensor& tensor, int from);
  void meet();

 private:
  void sum_of_shares(const at::Tensor& tensor);
  template <typename Begin>
  void complete(const Begin& begin);

  MPI_Comm ranks_ = MPI_COMM_NULL;
  const std::atomic<bool>& gives_up_;
  int rank_ = 0, size_ = 1;
  std::vector<std::byte> values_;  // a copy of this rank's values: Open MPI's algorithm in place is slower
  std::vector<std::byte> shares_;  // all ranks' values of the elements that this rank sums
};

}  // namespace pbn::worker
