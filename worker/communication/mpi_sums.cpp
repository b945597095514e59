#include "worker/communication/mpi_sums.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>

#include "base/error.h"
#include "worker/communication/element_sums.h"

namespace pbn {
namespace {

std::mutex& turn_at_mpi() {
  static std::mutex turn;
  return turn;
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
      return MPI_UINT16_T;  // to be carried: MPI cannot add them
    default:
      throw bug_error("", "", "no MPI sum for {} tensors", toString(tensor.scalar_type()));
  }
}

int count_of(const at::Tensor& tensor) { return static_cast<int>(tensor.numel()); }

// The longer it took so far, the less often is asked.
void pause_after(int questions) {
  constexpr int eager = 2000, polite = 4000;
  if (questions < eager) return;
  if (questions < polite) return std::this_thread::yield();
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
void MpiSums::carry_out(const Begin& begin) {
  MPI_Request request = MPI_REQUEST_NULL;
  {
    const std::lock_guard turn(turn_at_mpi());
    begin(&request);
  }
  for (int questions = 0; !gives_up_; ++questions) {
    int done = 0;
    {
      const std::lock_guard turn(turn_at_mpi());
      MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    }
    if (done) return;
    pause_after(questions);
  }
}

void MpiSums::sum(const at::Tensor& tensor) {
  if (tensor.scalar_type() == at::kBFloat16) return sum_of_shares(tensor);
  values_.resize(std::max(values_.size(), tensor.nbytes()));
  std::copy_n(static_cast<const std::byte*>(tensor.const_data_ptr()), tensor.nbytes(), values_.data());
  carry_out([&](MPI_Request* request) {
    MPI_Iallreduce(values_.data(), tensor.mutable_data_ptr(), count_of(tensor), type_of(tensor), MPI_SUM, ranks_,
                   request);
  });
}

// An operation of our own inside MPI_Iallreduce would round after every addition. So each rank gets everybody's values
// of its share of the numbers, adds them up in the order of the ranks, and gives everybody the sums: as many bytes go
// between the ranks as in a ring.
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
  carry_out([&](MPI_Request* request) {
    MPI_Ialltoallv(tensor.const_data_ptr(), lengths.data(), places.data(), type_of(tensor), shares_.data(),
                   own_lengths.data(), own_places.data(), type_of(tensor), ranks_, request);
  });
  std::vector<const std::byte*> buffers;
  for (const int place : own_places) buffers.push_back(shares_.data() + static_cast<std::size_t>(place) * width);
  sum_into(shares_.data(), buffers, tensor.scalar_type(), static_cast<std::size_t>(lengths[mine]));
  carry_out([&](MPI_Request* request) {
    MPI_Iallgatherv(shares_.data(), lengths[mine], type_of(tensor), tensor.mutable_data_ptr(), lengths.data(),
                    places.data(), type_of(tensor), ranks_, request);
  });
}

void MpiSums::broadcast(const at::Tensor& tensor, int from) {
  carry_out([&](MPI_Request* request) {
    MPI_Ibcast(tensor.mutable_data_ptr(), count_of(tensor), type_of(tensor), from, ranks_, request);
  });
}

void MpiSums::meet() {
  carry_out([&](MPI_Request* request) { MPI_Ibarrier(ranks_, request); });
}

}  // namespace pbn
