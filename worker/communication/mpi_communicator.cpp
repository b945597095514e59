#include "worker/communication/mpi_communicator.h"

#include <mpi.h>

#include <vector>

#include "base/error.h"

namespace pbn {
namespace {

MPI_Datatype type_of(const at::Tensor& tensor) {
  switch (tensor.scalar_type()) {
    case at::kFloat:
      return MPI_FLOAT;
    case at::kDouble:
      return MPI_DOUBLE;
    case at::kLong:
      return MPI_INT64_T;
    default:
      throw bug_error("", "", "no MPI sum for {} tensors", toString(tensor.scalar_type()));
  }
}

void require_host_memory(const at::Tensor& tensor) {
  if (!tensor.is_contiguous() || !tensor.is_cpu()) {
    throw bug_error("", "", "MPI sums need a contiguous tensor in host memory");
  }
}

class MpiCommunicator : public Communicator {
 public:
  MpiCommunicator() {
    MPI_Comm_dup(MPI_COMM_WORLD, &communicator_);
    MPI_Comm_rank(communicator_, &rank_);
    MPI_Comm_size(communicator_, &size_);
  }
  ~MpiCommunicator() override { MPI_Comm_free(&communicator_); }
  MpiCommunicator(const MpiCommunicator&) = delete;
  MpiCommunicator& operator=(const MpiCommunicator&) = delete;

  std::string name() const override { return "mpi"; }
  int rank() const override { return rank_; }
  int size() const override { return size_; }

  void start_sum(const at::Tensor& tensor) override {
    require_host_memory(tensor);
    requests_.emplace_back();
    MPI_Iallreduce(MPI_IN_PLACE, tensor.data_ptr(), static_cast<int>(tensor.numel()), type_of(tensor), MPI_SUM,
                   communicator_, &requests_.back());
  }

  void wait() override {
    MPI_Waitall(static_cast<int>(requests_.size()), requests_.data(), MPI_STATUSES_IGNORE);
    requests_.clear();
  }

  void broadcast(const at::Tensor& tensor) override {
    require_host_memory(tensor);
    MPI_Bcast(tensor.data_ptr(), static_cast<int>(tensor.numel()), type_of(tensor), 0, communicator_);
  }

  void barrier() override { MPI_Barrier(communicator_); }

 private:
  MPI_Comm communicator_ = MPI_COMM_NULL;
  int rank_ = 0, size_ = 1;
  std::vector<MPI_Request> requests_;  // sums under way, in the order in which they were started
};

}  // namespace

std::unique_ptr<Communicator> make_mpi_communicator() { return std::make_unique<MpiCommunicator>(); }

}  // namespace pbn
