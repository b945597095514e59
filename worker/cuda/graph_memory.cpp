#include "worker/cuda/graph_memory.h"

#include <ATen/core/CachingHostAllocator.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAFunctions.h>
#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <exception>
#include <functional>

namespace pbn::worker {
namespace {

double gib(double bytes) { return bytes / (1 << 30); }

// What LibTorch has done already throws.
void attempt(const std::function<void()>& step) {
  try {
    step();
  } catch (const std::exception&) {
  }
}

}  // namespace

void free_unused_memory() {
  c10::cuda::device_synchronize();
  c10::cuda::CUDACachingAllocator::emptyCache();
}

std::string lack_of_memory_for_graph(c10::DeviceIndex device) {
  free_unused_memory();
  const auto allocated = c10::cuda::CUDACachingAllocator::getDeviceStats(device).allocated_bytes[0];
  std::size_t free = 0, total = 0;
  C10_CUDA_CHECK(cudaMemGetInfo(&free, &total));
  const auto step = static_cast<double>(allocated.peak - allocated.current);
  if (2 * step <= static_cast<double>(free)) return "";
  return fmt::format("it needs {0:.1f} GiB beside {0:.1f} GiB for other steps, and {1:.1f} GiB are free", gib(step),
                     gib(static_cast<double>(free)));
}

void abandon_pool(c10::DeviceIndex device, c10::MempoolId_t pool) {
  auto* const host = at::getHostAllocator(at::kCUDA);
  attempt([&] { c10::cuda::CUDACachingAllocator::endAllocateToPool(device, pool); });
  attempt([&] { host->end_allocate_to_pool(pool); });
  attempt([&] { c10::cuda::CUDACachingAllocator::releasePool(device, pool); });
  attempt([&] { host->release_pool(pool); });
}

}  // namespace pbn::worker
