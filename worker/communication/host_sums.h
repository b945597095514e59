// Sums over the ranks of one host, through shared memory.
//
// There are two ways. Tensors in memory from zeros() are summed in place: as soon as all ranks have started a sum,
// every rank that has time takes the next piece, sums it over all ranks' buffers and writes it to all of them, in one
// pass over memory. Once a rank has started a sum, the others can finish it without that rank. Other tensors pass
// through two buffers per rank in turn: every rank copies a piece to its buffer and sums the pieces of all ranks.
// Elements are always added in the order of the ranks, so a sum has the same bits on every rank and in every run.
#pragma once

#include <ATen/core/Tensor.h>
#include <mpi.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "worker/communication/shared_memory.h"

namespace pbn::worker {

class HostSums {
 public:
  // Every rank of the communicator calls it. The communicator is used only here and in zeros() and must outlive the
  // object. Throws an environment error on all ranks if they cannot share memory.
  explicit HostSums(MPI_Comm host);
  // For ranks that are threads of one process, in tests, since a sanitizer cannot see races between processes. All
  // ranks call `share` equally often; it returns shared memory with so many bytes for each rank.
  using Share = std::function<std::shared_ptr<SharedMemory>(std::size_t bytes)>;
  HostSums(int rank, int size, int processors, Share share);
  ~HostSums();
  HostSums(const HostSums&) = delete;
  HostSums& operator=(const HostSums&) = delete;

  int rank() const { return rank_; }
  int size() const { return size_; }
  // Whether there is a processor for a helping thread that no rank needs.
  bool has_processors_to_spare() const { return processors_ >= 2 * size_; }

  // (elements) zeros to be summed in place. Every rank calls it.
  at::Tensor zeros(std::int64_t elements, at::ScalarType type);
  bool sums_in_place(const at::Tensor& tensor) const { return place_of(tensor).has_value(); }

  // In place. `start_sum` and `start_copy` (from the host's first rank to the others) return at once; the tensor must
  // not be used until finish() returns, which computes pieces, too. The tasks run in the order of their starts.
  void start_sum(const at::Tensor& tensor) { start(tensor, Task::sum); }
  void start_copy(const at::Tensor& tensor) { start(tensor, Task::copy); }
  void finish();

  // For a separate thread: computes pieces of started tasks until leave() is called, and sleeps in between.
  void help();

  // For any contiguous tensor in host memory. These functions return when the work is done.
  void sum_now(const at::Tensor& tensor);
  void broadcast_now(const at::Tensor& tensor, int from);
  void meet();  // a barrier

  // Makes all current and later waits on this rank give up; no result is valid afterwards. For any thread.
  void leave();

 private:
  enum class Task { sum, copy };
  struct Board;
  struct Place {
    const SharedMemory* memory;
    std::size_t offset;
  };
  struct Work;

  std::optional<Place> place_of(const at::Tensor& tensor) const;
  void start(const at::Tensor& tensor, Task task);
  std::optional<Work> started_work(std::uint32_t number) const;
  bool run(const Work& work, int spins);
  std::optional<std::size_t> claim_piece(const Work& work);
  void run_piece(const Work& work, std::size_t piece) const;
  template <typename Put, typename Take>
  void exchange(std::size_t bytes, const Put& put, const Take& take);

  Board& board_of(int rank) const;
  std::byte* stage_of(int rank, std::uint32_t turn) const;

  Share share_;
  int rank_ = 0, size_ = 1;
  int processors_ = 1;  // that the ranks may use together
  int spins_ = 0;       // reads of a counter before sleeping; 0 if there are more ranks than processors
  std::shared_ptr<SharedMemory> boards_;
  std::vector<std::shared_ptr<SharedMemory>> places_;  // the memory of zeros()

  mutable std::mutex lock_;
  std::condition_variable new_work_;
  std::vector<Work> started_;              // since the last finish()
  std::atomic<std::uint32_t> newest_ = 0;  // number of the last started work
  std::atomic<std::uint32_t> pieces_ = 0;  // of all work started so far
  std::uint32_t finished_ = 0;             // number of the last finished work
  std::uint32_t turn_ = 0;                 // of the staged exchange
  std::atomic<bool> left_ = false;
};

}  // namespace pbn::worker
