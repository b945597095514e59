#include "tests/worker/training/recorded_capture.h"

#include <ATen/cuda/CUDAGeneratorImpl.h>
#include <ATen/cuda/CUDAGraph.h>
#include <cuda_runtime_api.h>

#include "worker/cuda/graph_memory.h"

namespace pbn::worker {
namespace {

std::set<std::string> failing_calls;
std::vector<std::string> logged_calls;

void log_or_fail(const std::string& call) {
  logged_calls.push_back(call);
  TORCH_CHECK(!failing_calls.contains(call), call, " failed");
}

}  // namespace

void log_captures(std::set<std::string> failing) {
  failing_calls = std::move(failing);
  logged_calls.clear();
}

std::vector<std::string> capture_calls() { return logged_calls; }

void free_unused_memory() { log_or_fail("free unused memory"); }

std::string lack_of_memory_for_graph(c10::DeviceIndex) { return ""; }

void abandon_pool(c10::DeviceIndex, c10::MempoolId_t) { log_or_fail("abandon pool"); }

}  // namespace pbn::worker

namespace at::cuda {

using pbn::worker::log_or_fail;

MempoolId_t graph_pool_handle() { return {0, 1}; }

CUDAGraph::CUDAGraph(bool keep_graph)
    : capture_stream_(CUDAStream::UNCHECKED, c10::Stream(c10::Stream::UNSAFE, {c10::kCUDA, 0}, 0)),
      keep_graph_(keep_graph) {}

// As LibTorch's: only a capture that has ended gives its pool up.
CUDAGraph::~CUDAGraph() {
  if (capture_ended_) log_or_fail("release pool");
}

void CUDAGraph::capture_begin(MempoolId_t pool, cudaStreamCaptureMode) {
  mempool_id_ = pool;
  log_or_fail("begin");
}

void CUDAGraph::capture_end() {
  log_or_fail("end");
  capture_ended_ = true;
  if (pbn::worker::failing_calls.contains("instantiate")) log_or_fail("instantiate");
}

MempoolId_t CUDAGraph::pool() {
  TORCH_CHECK(capture_ended_, "no capture has ended");
  return mempool_id_;
}

void CUDAGraph::replay() { log_or_fail("replay"); }

}  // namespace at::cuda

extern "C" cudaError_t cudaGetLastError() {
  pbn::worker::log_or_fail("clear error");
  return cudaSuccess;
}
