#include "tests/worker/communication/recorded_nccl.h"

#include <ATen/ATen.h>
#include <cuda_runtime_api.h>
#include <fmt/format.h>
#include <mpi.h>
#include <pthread.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <utility>

#include "worker/cuda/streams.h"

struct CUstream_st {
  std::string name;
  std::vector<std::function<void()>> work;  // that is not done
  std::size_t done = 0;                     // pieces of work before it
};

struct CUevent_st {
  int number;
  cudaStream_t stream = nullptr;
  std::size_t position = 0;  // pieces of work in the stream before it
};

struct ncclComm {
  int number;
  MPI_Comm ranks;
};

namespace pbn::worker {
namespace {

struct NcclState {
  std::mutex lock;  // the watch over a communicator is a thread of its own
  std::condition_variable aborted;
  std::vector<std::string> calls;
  int marks = 0, streams = 0, communicators = 0;
  bool is_aborted = false;
  bool captures = false;
  int sums_before_failure = -1;  // none fails
  ncclResult_t failure = ncclSuccess, asynchronous = ncclSuccess;
};

NcclState& state() {
  static NcclState the_state;
  return the_state;
}

at::ScalarType type_of(ncclDataType_t type) {
  switch (type) {
    case ncclFloat32:
      return at::kFloat;
    case ncclFloat64:
      return at::kDouble;
    case ncclBfloat16:
      return at::kBFloat16;
    default:
      return at::kLong;
  }
}

// In the order of the ranks, rounded after each addition.
void sum_over(MPI_Comm ranks, const at::Tensor& values) {
  int size = 1;
  MPI_Comm_size(ranks, &size);
  const at::Tensor all = at::empty({size, values.numel()}, values.options());
  const int bytes = static_cast<int>(values.nbytes());
  MPI_Allgather(values.data_ptr(), bytes, MPI_BYTE, all.data_ptr(), bytes, MPI_BYTE, ranks);
  values.copy_(all[0]);
  for (int rank = 1; rank < size; ++rank) values.add_(all[rank]);
}

void do_work(cudaStream_t stream, std::size_t end) {
  for (; stream->done < end; ++stream->done) {
    const auto work = std::move(stream->work.front());
    stream->work.erase(stream->work.begin());
    work();
  }
}

}  // namespace

void note_call(const std::string& text) {
  const std::lock_guard guard(state().lock);
  state().calls.push_back(text);
}

void forget_calls() {
  const std::lock_guard guard(state().lock);
  state().calls.clear();
  state().marks = state().streams = state().communicators = 0;
  state().is_aborted = state().captures = false;
  state().sums_before_failure = -1;
  state().asynchronous = ncclSuccess;
}

std::vector<std::string> nccl_calls() {
  const std::lock_guard guard(state().lock);
  return state().calls;
}

void let_sum_fail(ncclResult_t result, int after) {
  state().failure = result;
  state().sums_before_failure = after;
}

void capture_sums(bool captures) { state().captures = captures; }

void set_asynchronous_error(ncclResult_t result) {
  const std::lock_guard guard(state().lock);
  state().asynchronous = result;
}

void await_abort() {
  std::unique_lock guard(state().lock);
  state().aborted.wait(guard, [] { return state().is_aborted; });
}

cudaStream_t stream_for_sums() {
  static std::vector<std::unique_ptr<CUstream_st>> streams;  // they belong to LibTorch
  return streams.emplace_back(new CUstream_st{fmt::format("sums {}", ++state().streams), {}}).get();
}

}  // namespace pbn::worker

void* pbn::model::cuda::current_stream() {
  static CUstream_st stream{"current", {}};
  return &stream;
}

using pbn::worker::note_call;
using pbn::worker::state;

extern "C" {

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned int) {
  *event = new CUevent_st{++state().marks};
  return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete event;
  return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  note_call(fmt::format("record mark {} in {}", event->number, stream->name));
  event->stream = stream;
  event->position = stream->done + stream->work.size();
  return cudaSuccess;
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned int) {
  note_call(fmt::format("{} waits for mark {}", stream->name, event->number));
  if (stream == pbn::worker::current_stream()) pbn::worker::do_work(event->stream, event->position);
  return cudaSuccess;
}

const char* cudaGetErrorString(cudaError_t) { return "an error"; }

ncclResult_t ncclGetUniqueId(ncclUniqueId* id) {
  *id = {};
  return ncclSuccess;
}

ncclResult_t ncclCommInitRank(ncclComm_t* communicator, int, ncclUniqueId, int) {
  *communicator = new ncclComm{++state().communicators, MPI_COMM_NULL};
  MPI_Comm_dup(MPI_COMM_WORLD, &(*communicator)->ranks);
  return ncclSuccess;
}

ncclResult_t ncclAllReduce(const void*, void* values, std::size_t count, ncclDataType_t type, ncclRedOp_t,
                           ncclComm_t communicator, cudaStream_t stream) {
  note_call(fmt::format("allreduce {} in {}", communicator->number, stream->name));
  if (state().sums_before_failure-- == 0) return state().failure;
  if (state().captures) return ncclSuccess;
  const at::Tensor tensor = at::from_blob(values, {static_cast<std::int64_t>(count)}, pbn::worker::type_of(type));
  stream->work.emplace_back([=] { pbn::worker::sum_over(communicator->ranks, tensor); });
  return ncclSuccess;
}

ncclResult_t ncclBroadcast(const void*, void* values, std::size_t count, ncclDataType_t type, int root,
                           ncclComm_t communicator, cudaStream_t stream) {
  note_call(fmt::format("broadcast {} in {}", communicator->number, stream->name));
  const auto bytes = static_cast<int>(count * c10::elementSize(pbn::worker::type_of(type)));
  stream->work.emplace_back([=] { MPI_Bcast(values, bytes, MPI_BYTE, root, communicator->ranks); });
  return ncclSuccess;
}

ncclResult_t ncclCommDestroy(ncclComm_t communicator) {
  note_call(fmt::format("destroy {}", communicator->number));
  MPI_Comm_free(&communicator->ranks);
  delete communicator;
  return ncclSuccess;
}

ncclResult_t ncclCommAbort(ncclComm_t communicator) {
  note_call(fmt::format("abort {}", communicator->number));
  MPI_Comm_free(&communicator->ranks);
  delete communicator;
  return ncclSuccess;
}

ncclResult_t ncclCommGetAsyncError(ncclComm_t, ncclResult_t* result) {
  const std::lock_guard guard(state().lock);
  *result = state().asynchronous;
  return ncclSuccess;
}

const char* ncclGetErrorString(ncclResult_t result) {
  return result == ncclRemoteError ? "remote process exited or there was a network error" : "unhandled system error";
}

const char* ncclGetLastError(ncclComm_t) { return "No space left on device"; }

int MPI_Abort(MPI_Comm, int code) {
  {
    const std::lock_guard guard(state().lock);
    state().calls.push_back(fmt::format("MPI_Abort {}", code));
    state().is_aborted = true;
  }
  state().aborted.notify_all();
  pthread_exit(nullptr);
}

}  // extern "C"
