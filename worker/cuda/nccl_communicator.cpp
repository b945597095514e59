#include "worker/cuda/nccl_communicator.h"

#include <ATen/ops/zeros.h>
#include <cuda_runtime_api.h>
#include <fmt/format.h>
#include <mpi.h>
#include <nccl.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <thread>

#include "base/error.h"
#include "worker/cuda/streams.h"

namespace pbn::worker {
namespace {

constexpr std::chrono::milliseconds between_looks{200};

void check(cudaError_t result, const char* action) {
  if (result == cudaSuccess) return;
  throw environment_error("CUDA", "run again with CUDA_LAUNCH_BLOCKING=1", "{} failed: {}", action,
                          cudaGetErrorString(result));
}

// "unhandled system error: No space left on device": NCCL's last words are about any communicator of this process.
std::string describe(ncclResult_t result, ncclComm_t communicator) {
  const char* const detail = ncclGetLastError(communicator);
  const std::string kind = ncclGetErrorString(result);
  return detail && *detail ? fmt::format("{}: {}", kind, detail) : kind;
}

void check(ncclResult_t result, const char* action, ncclComm_t communicator = nullptr) {
  if (result == ncclSuccess) return;
  throw environment_error("NCCL", "run again with NCCL_DEBUG=INFO", "{} failed: {}", action,
                          describe(result, communicator));
}

// NCCL may choose another algorithm in a graph, whose buffers it registers, than outside of one. Sums over more than
// two ranks would then have other bits in a recorded step, and so would a training that was resumed, since its first
// steps are not recorded. With one algorithm and no registered buffers the order of the additions depends on the number
// of elements alone. It also leaves no connection to be made during a capture. Values of the user's own take
// precedence.
void fix_algorithm() {
  ::setenv("NCCL_ALGO", "Ring", 0);
  ::setenv("NCCL_GRAPH_REGISTER", "0", 0);
}

// A point in a stream's work for which another stream can wait.
class StreamMark {
 public:
  StreamMark() { check(cudaEventCreateWithFlags(&event_, cudaEventDisableTiming), "cudaEventCreateWithFlags"); }
  ~StreamMark() { cudaEventDestroy(event_); }
  StreamMark(const StreamMark&) = delete;
  StreamMark& operator=(const StreamMark&) = delete;

  // Lets work that is queued in `waiting` from now on wait for what is in `stream` now.
  void order(cudaStream_t stream, cudaStream_t waiting) {
    check(cudaEventRecord(event_, stream), "cudaEventRecord");
    check(cudaStreamWaitEvent(waiting, event_, 0), "cudaStreamWaitEvent");
  }

 private:
  cudaEvent_t event_ = nullptr;
};

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
    fix_algorithm();
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
    ready_.order(current_stream(), stream_);
    check(ncclAllReduce(tensor.data_ptr(), tensor.data_ptr(), static_cast<std::size_t>(tensor.numel()), type_of(tensor),
                        ncclSum, communicator_, stream_),
          "ncclAllReduce", communicator_);
  }

  void wait() override { done_.order(stream_, current_stream()); }

  void broadcast(const at::Tensor& tensor) override {
    ready_.order(current_stream(), stream_);
    check(ncclBroadcast(tensor.data_ptr(), tensor.data_ptr(), static_cast<std::size_t>(tensor.numel()), type_of(tensor),
                        0, communicator_, stream_),
          "ncclBroadcast", communicator_);
    wait();
  }

  void barrier() override { MPI_Barrier(MPI_COMM_WORLD); }

 private:
  // Ends the job after an error inside a kernel, such as a broken link: no other call reports it, and the kernels would
  // wait forever. ncclCommAbort() could wait, too, so it is not called before.
  void watch(const std::stop_token& stop) {
    std::mutex lock;
    std::condition_variable_any ended;
    std::unique_lock guard(lock);
    while (!ended.wait_for(guard, stop, between_looks, [&] { return stop.stop_requested(); })) {
      ncclResult_t state = ncclSuccess;
      const ncclResult_t answer = ncclCommGetAsyncError(communicator_, &state);
      if (answer != ncclSuccess) state = answer;
      if (state == ncclSuccess || state == ncclInProgress) continue;
      fmt::print(stderr, "pbn_worker: rank {} on {}: NCCL: {}; run again with NCCL_DEBUG=INFO\n", rank_,
                 ranks_.hosts()[static_cast<std::size_t>(rank_)], describe(state, communicator_));
      ranks_.abort(static_cast<int>(Blame::environment));
    }
  }

  const Ranks& ranks_;
  int rank_, size_;
  ncclComm_t communicator_ = nullptr;
  cudaStream_t stream_ = stream_for_sums();
  StreamMark ready_, done_;
  std::jthread watch_;  // last: it uses the others
};

}  // namespace

std::unique_ptr<Communicator> make_nccl_communicator(const Ranks& ranks) {
  return std::make_unique<NcclCommunicator>(ranks);
}

}  // namespace pbn::worker
