// Sums over the ranks of one host, through memory that they share.
//
// Two ways. Tensors in memory that zeros() gave are summed where they lie: as soon as all ranks have started such a
// sum, whoever has time takes the next piece, adds it up from all ranks' buffers and writes it into all of them, one
// pass over memory in all. A rank that is late, or has no processor at the moment, holds nobody up but with its own
// values. Other tensors go through two buffers for each rank, in turns: every rank puts a piece there and adds up
// everybody's. Elements are always added in the order of the ranks, so a sum has the same bits on every rank and in
// every run.
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

namespace pbn {

class HostSums {
 public:
  // Every rank of the communicator calls it; it is used here and in zeros() only, and must outlive the object. Throws
  // an environment error on all of them where they cannot share memory.
  explicit HostSums(MPI_Comm host);
  // Ranks that are threads of one process, for tests: a sanitizer sees no race between processes. `share` is called by
  // all of them alike, and gives the memory of so many bytes each that they share.
  using Share = std::function<std::shared_ptr<SharedMemory>(std::size_t bytes)>;
  HostSums(int rank, int size, int processors, Share share);
  ~HostSums();
  HostSums(const HostSums&) = delete;
  HostSums& operator=(const HostSums&) = delete;

  int rank() const { return rank_; }
  int size() const { return size_; }
  // A thread that helps would have a processor that no rank needs.
  bool has_processors_to_spare() const { return processors_ >= 2 * size_; }

  // (elements) zeros to be summed in place. Every rank calls it.
  at::Tensor zeros(std::int64_t elements, at::ScalarType type);
  bool sums_in_place(const at::Tensor& tensor) const { return place_of(tensor).has_value(); }

  // In place. `start_sum` and `start_copy` (of the host's first rank to the others) return at once; the tensor belongs
  // to the sum until finish() has returned, which lends a hand. They are carried out in the order of their starts.
  void start_sum(const at::Tensor& tensor) { start(tensor, Task::sum); }
  void start_copy(const at::Tensor& tensor) { start(tensor, Task::copy); }
  void finish();

  // For a thread of its own: lends a hand with whatever is started, until leave() is called, and sleeps in between.
  void help();

  // Any contiguous tensor in host memory; these return when it is done.
  void sum_now(const at::Tensor& tensor);
  void broadcast_now(const at::Tensor& tensor, int from);
  void meet();  // a barrier

  // Whoever waits here, now or later, gives up; no result is valid afterwards. From any thread.
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
  bool carry_out(const Work& work, int looks);
  std::optional<std::size_t> claim_piece(const Work& work);
  void carry_out_piece(const Work& work, std::size_t piece) const;
  template <typename Put, typename Take>
  void exchange(std::size_t bytes, const Put& put, const Take& take);

  Board& board_of(int rank) const;
  std::byte* stage_of(int rank, std::uint32_t turn) const;

  Share share_;
  int rank_ = 0, size_ = 1;
  int processors_ = 1;  // that the ranks may use, together
  int looks_ = 0;       // at a counter before sleeping; none where ranks outnumber processors
  std::shared_ptr<SharedMemory> boards_;
  std::vector<std::shared_ptr<SharedMemory>> places_;  // behind the tensors of zeros()

  mutable std::mutex lock_;
  std::condition_variable new_work_;
  std::vector<Work> started_;              // since the last finish()
  std::atomic<std::uint32_t> newest_ = 0;  // number of the work that was started last
  std::atomic<std::uint32_t> pieces_ = 0;  // of all work that was ever started
  std::uint32_t finished_ = 0;             // the work before and with this number is done
  std::uint32_t turn_ = 0;                 // of the staged exchange
  std::atomic<bool> left_ = false;
};

}  // namespace pbn
