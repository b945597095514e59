#include "worker/cuda/nccl_communicator.h"

#include <ATen/cuda/CUDAEvent.h>
#include <ATen/ops/zeros.h>
#include <c10/cuda/CUDAStream.h>
#include <mpi.h>
#include <nccl.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <thread>

#include "base/error.h"

namespace pbn::worker {
namespace {

void check(ncclResult_t result, const char* action) {
  if (result == ncclSuccess) return;
  throw environment_error("NCCL", "run again with NCCL_DEBUG=INFO", "{} failed: {}", action,
                          ncclGetErrorString(result));
}

ncclDataType_t type_of(const at::Tensor& tensor) {
  switch (tensor.scalar_type()) {
    case at::kFloat:
      return ncclFloat32;
    case at::kDouble:
      return ncclFloat64;
    case at::kBFloat16:
      return ncclBfloat16;
    case at::kLong:
      return ncclInt64;
    default:
      throw bug_error("", "", "no NCCL sum for {} tensors", toString(tensor.scalar_type()));
  }
}

class NcclCommunicator : public Communicator {
 public:
  explicit NcclCommunicator(const Ranks& ranks) : ranks_(ranks), rank_(ranks.rank()), size_(ranks.size()) {
    ncclUniqueId id{};
    if (rank_ == 0) check(ncclGetUniqueId(&id), "ncclGetUniqueId");
    MPI_Bcast(&id, sizeof id, MPI_BYTE, 0, MPI_COMM_WORLD);
    check(ncclCommInitRank(&communicator_, size_, id, rank_), "ncclCommInitRank");
    watch_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
  }
  // After an error a sum may be pending that other ranks never joined. ncclCommDestroy() would wait for it.
  ~NcclCommunicator() override {
    watch_.request_stop();
    watch_.join();
    std::uncaught_exceptions() > 0 ? ncclCommAbort(communicator_) : ncclCommDestroy(communicator_);
  }
  NcclCommunicator(const NcclCommunicator&) = delete;
  NcclCommunicator& operator=(const NcclCommunicator&) = delete;

  std::string name() const override { return "nccl"; }
  int rank() const override { return rank_; }
  int size() const override { return size_; }

  at::Tensor zeros(std::int64_t elements, const at::TensorOptions& options) override {
    return at::zeros({elements}, options);
  }

  void start_sum(const at::Tensor& tensor) override {
    follow_current_stream();
    check(ncclAllReduce(tensor.data_ptr(), tensor.data_ptr(), static_cast<std::size_t>(tensor.numel()), type_of(tensor),
                        ncclSum, communicator_, stream_.stream()),
          "ncclAllReduce");
  }

  void wait() override {
    done_.record(stream_);
    done_.block(c10::cuda::getCurrentCUDAStream());
  }

  void broadcast(const at::Tensor& tensor) override {
    follow_current_stream();
    check(ncclBroadcast(tensor.data_ptr(), tensor.data_ptr(), static_cast<std::size_t>(tensor.numel()), type_of(tensor),
                        0, communicator_, stream_.stream()),
          "ncclBroadcast");
    wait();
  }

  void barrier() override { MPI_Barrier(MPI_COMM_WORLD); }

 private:
  // Ends the job after an error inside a kernel, such as a broken link: no other call reports it, and the kernels would
  // wait forever.
  void watch(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      ncclResult_t state = ncclSuccess;
      ncclCommGetAsyncError(communicator_, &state);
      if (state == ncclSuccess || state == ncclInProgress) continue;
      fmt::print(stderr, "pbn_worker: rank {} on {}: NCCL: {}; run again with NCCL_DEBUG=INFO\n", rank_,
                 ranks_.hosts()[static_cast<std::size_t>(rank_)], ncclGetErrorString(state));
      ncclCommAbort(communicator_);
      ranks_.abort(static_cast<int>(Blame::environment));
    }
  }

  void follow_current_stream() {
    ready_.record(c10::cuda::getCurrentCUDAStream());
    ready_.block(stream_);
  }

  const Ranks& ranks_;
  int rank_, size_;
  ncclComm_t communicator_ = nullptr;
  c10::cuda::CUDAStream stream_ = c10::cuda::getStreamFromPool(true);
  at::cuda::CUDAEvent ready_, done_;
  std::jthread watch_;  // last: it uses the others
};

}  // namespace

std::unique_ptr<Communicator> make_nccl_communicator(const Ranks& ranks) {
  return std::make_unique<NcclCommunicator>(ranks);
}

}  // namespace pbn::worker
