#include "worker/communication/mpi_sums.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>

#include "base/error.h"
#include "worker/communication/element_sums.h"

namespace pbn::worker {
namespace {

std::mutex& mpi_lock() {
  static std::mutex lock;
  return lock;
}

MPI_Datatype type_of(const at::Tensor& tensor) {
  switch (tensor.scalar_type()) {
    case at::kFloat:
      return MPI_FLOAT;
    case at::kDouble:
      return MPI_DOUBLE;
    case at::kLong:
      return MPI_INT64_T;
    case at::kBFloat16:
      return MPI_UINT16_T;  // only transferred: MPI cannot add bfloat16
    default:
      throw bug_error("", "", "no MPI sum for {} tensors", toString(tensor.scalar_type()));
  }
}

int count_of(const at::Tensor& tensor) { return static_cast<int>(tensor.numel()); }

// Pauses longer after more tests.
void pause_after(int tests) {
  constexpr int tests_without_pause = 2000, tests_before_sleep = 4000;
  if (tests < tests_without_pause) return;
  if (tests < tests_before_sleep) return std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::microseconds(50));
}

}  // namespace

MpiSums::MpiSums(MPI_Comm ranks, const std::atomic<bool>& gives_up) : gives_up_(gives_up) {
  MPI_Comm_dup(ranks, &ranks_);
  MPI_Comm_rank(ranks_, &rank_);
  MPI_Comm_size(ranks_, &size_);
}

MpiSums::~MpiSums() { MPI_Comm_free(&ranks_); }

template <typename Begin>
void MpiSums::complete(const Begin& begin) {
  MPI_Request request = MPI_REQUEST_NULL;
  {
    const std::lock_guard guard(mpi_lock());
    begin(&request);
  }
  for (int tests = 0; !gives_up_; ++tests) {
    int done = 0;
    {
      const std::lock_guard guard(mpi_lock());
      MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    }
    if (done) return;
    pause_after(tests);
  }
}

void MpiSums::sum(const at::Tensor& tensor) {
  if (tensor.scalar_type() == at::kBFloat16) return sum_of_shares(tensor);
  values_.resize(std::max(values_.size(), tensor.nbytes()));
  std::copy_n(static_cast<const std::byte*>(tensor.const_data_ptr()), tensor.nbytes(), values_.data());
  complete([&](MPI_Request* request) {
    MPI_Iallreduce(values_.data(), tensor.mutable_data_ptr(), count_of(tensor), type_of(tensor), MPI_SUM, ranks_,
                   request);
  });
}

// A custom operation in MPI_Iallreduce would round after every addition. Instead each rank receives all ranks' values
// of its share of the elements, adds them in the order of the ranks and sends the sums to all ranks, with as many bytes
// as in a ring.
void MpiSums::sum_of_shares(const at::Tensor& tensor) {
  const int elements = count_of(tensor), share = (elements + size_ - 1) / size_;
  std::vector<int> lengths, places, own_lengths, own_places;
  for (int rank = 0; rank < size_; ++rank) {
    places.push_back(std::min(rank * share, elements));
    lengths.push_back(std::min(share, elements - places.back()));
  }
  const auto mine = static_cast<std::size_t>(rank_);
  for (int rank = 0; rank < size_; ++rank) {
    own_lengths.push_back(lengths[mine]);
    own_places.push_back(rank * lengths[mine]);
  }
  const std::size_t width = tensor.element_size(), own_bytes = static_cast<std::size_t>(lengths[mine]) * width;
  shares_.resize(std::max(shares_.size(), own_bytes * static_cast<std::size_t>(size_)));
  complete([&](MPI_Request* request) {
    MPI_Ialltoallv(tensor.const_data_ptr(), lengths.data(), places.data(), type_of(tensor), shares_.data(),
                   own_lengths.data(), own_places.data(), type_of(tensor), ranks_, request);
  });
  std::vector<const std::byte*> buffers;
  for (const int place : own_places) buffers.push_back(shares_.data() + static_cast<std::size_t>(place) * width);
  sum_into(shares_.data(), buffers, tensor.scalar_type(), static_cast<std::size_t>(lengths[mine]));
  complete([&](MPI_Request* request) {
    MPI_Iallgatherv(shares_.data(), lengths[mine], type_of(tensor), tensor.mutable_data_ptr(), lengths.data(),
                    places.data(), type_of(tensor), ranks_, request);
  });
}

void MpiSums::broadcast(const at::Tensor& tensor, int from) {
  complete([&](MPI_Request* request) {
    MPI_Ibcast(tensor.mutable_data_ptr(), count_of(tensor), type_of(tensor), from, ranks_, request);
  });
}

void MpiSums::meet() {
  complete([&](MPI_Request* request) { MPI_Ibarrier(ranks_, request); });
}

}  // namespace pbn::worker
