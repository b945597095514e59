#include "worker/cuda/recorded_graph.h"

#include <ATen/cuda/CUDAGraph.h>
#include <cuda_runtime_api.h>

#include <exception>

#include "worker/cuda/graph_memory.h"

namespace pbn::worker {
namespace {

class RecordedGraph : public RecordedWork {
 public:
  RecordedGraph(const std::function<void()>& work, c10::DeviceIndex device) {
    free_unused_memory();
    const c10::MempoolId_t memory = at::cuda::graph_pool_handle();
    try {
      // Other threads, such as NCCL's, may meanwhile make calls that are forbidden during a capture.
      graph_.capture_begin(memory, cudaStreamCaptureModeThreadLocal);
      work();
      graph_.capture_end();
    } catch (...) {
      abandon(device, memory);
      throw;
    }
  }

  void replay() override { graph_.replay(); }

 private:
  // Ends a failed capture, unless it has ended already. A graph whose capture has ended, in the usual way or here,
  // gives its memory up at its destruction; from any other one LibTorch would never take the memory back, and its
  // allocators would go on asking whether a stream belongs to this capture.
  void abandon(c10::DeviceIndex device, c10::MempoolId_t memory) {
    if (!has_ended()) end_capture();
    if (!has_ended()) abandon_pool(device, memory);
    cudaGetLastError();  // otherwise the next CUDA call would report this failure
  }

  void end_capture() {
    try {
      graph_.capture_end();
    } catch (const std::exception&) {  // the first failure is the one to report
    }
  }

  bool has_ended() {
    try {
      graph_.pool();  // throws before
      return true;
    } catch (const std::exception&) {
      return false;
    }
  }

  at::cuda::CUDAGraph graph_;
};

}  // namespace

std::unique_ptr<RecordedWork> record_graph(const std::function<void()>& work, c10::DeviceIndex device) {
  return std::make_unique<RecordedGraph>(work, device);
}

std::string obstacle_to_recording_on(c10::DeviceIndex device) { return lack_of_memory_for_graph(device); }

}  // namespace pbn::worker
