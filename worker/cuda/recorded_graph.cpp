#include "worker/cuda/recorded_graph.h"

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <cuda_runtime_api.h>

namespace pbn::worker {
namespace {

class RecordedGraph : public RecordedWork {
 public:
  RecordedGraph(const std::function<void()>& work, c10::DeviceIndex device) {
    c10::cuda::device_synchronize();
    const at::MempoolId_t memory = at::cuda::graph_pool_handle();
    // Other threads, such as NCCL's, may meanwhile make calls that are forbidden during a capture.
    graph_.capture_begin(memory, cudaStreamCaptureModeThreadLocal);
    try {
      work();
      graph_.capture_end();
    } catch (...) {
      abandon(device, memory);
      throw;
    }
  }

  void replay() override { graph_.replay(); }

 private:
  // Ends a failed capture, unless it has ended already, and resets the stream and its allocator.
  void abandon(c10::DeviceIndex device, at::MempoolId_t memory) {
    try {
      graph_.capture_end();
    } catch (const c10::Error&) {
    }
    try {
      c10::cuda::CUDACachingAllocator::endAllocateToPool(device, memory);
    } catch (const c10::Error&) {
    }
    cudaGetLastError();  // otherwise the next CUDA call would report this failure
  }

  at::cuda::CUDAGraph graph_;
};

}  // namespace

std::unique_ptr<RecordedWork> record_graph(const std::function<void()>& work, c10::DeviceIndex device) {
  return std::make_unique<RecordedGraph>(work, device);
}

}  // namespace pbn::worker
