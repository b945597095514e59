#include "worker/cuda/recorded_graph.h"

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <cuda_runtime_api.h>

namespace pbn {
namespace {

class RecordedGraph : public RecordedWork {
 public:
  RecordedGraph(const std::function<void()>& work, c10::DeviceIndex device) {
    c10::cuda::device_synchronize();
    const at::MempoolId_t memory = at::cuda::graph_pool_handle();
    // Other threads, such as NCCL's, may do meanwhile what a capturing one must not.
    graph_.capture_begin(memory, cudaStreamCaptureModeThreadLocal);
    try {
      work();
      graph_.capture_end();
    } catch (...) {
      abandon(device, memory);
      throw;
    }
  }

  void carry_out() override { graph_.replay(); }

 private:
  // Ends a capture that an operation broke, where it has not been ended, so that the stream and its allocator are as
  // they were.
  void abandon(c10::DeviceIndex device, at::MempoolId_t memory) {
    try {
      graph_.capture_end();
    } catch (const c10::Error&) {
    }
    try {
      c10::cuda::CUDACachingAllocator::endAllocateToPool(device, memory);
    } catch (const c10::Error&) {
    }
    cudaGetLastError();  // or the next call of CUDA's would report this one's failure
  }

  at::cuda::CUDAGraph graph_;
};

}  // namespace

std::unique_ptr<RecordedWork> record_graph(const std::function<void()>& work, c10::DeviceIndex device) {
  return std::make_unique<RecordedGraph>(work, device);
}

}  // namespace pbn
