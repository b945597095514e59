// A test double of a GPU: runs the sources of our CUDA kernels (model/kernels/cuda/) on the host. To be included before
// them.
//
// Every CUDA thread of a block is a thread of the system, so that the thread sanitizer finds missing barriers; the
// blocks of a kernel follow each other, in an unfortunate order. Shared memory is full of NaN when a block begins. What
// it does not prove: the ordering of a GPU's memory, its rounding of fused operations, and speed.
#pragma once

#define PBN_CUDA_ON_HOST

#include <algorithm>
#include <atomic>
#include <barrier>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <thread>
#include <vector>

#ifndef PBN_THREADS_PER_BLOCK
#define PBN_THREADS_PER_BLOCK 32
#endif
#define PBN_KERNEL void
#define PBN_DEVICE inline
#define PBN_UNROLL

namespace pbn::model::cuda {

using std::isfinite, std::sqrt;

inline constexpr int threads_per_block = PBN_THREADS_PER_BLOCK;

struct Index {
  unsigned x = 0, y = 0;
};

struct Grid {
  unsigned x = 1, y = 1;
  std::size_t shared_bytes = 0;
};

// The block that a kernel runs at the moment.
struct HostBlock {
  explicit HostBlock(std::size_t shared_bytes)
      : shared(shared_bytes / sizeof(double)), arrived(threads_per_block), finished(threads_per_block) {}

  std::vector<double> shared;
  std::barrier<> arrived;   // at a barrier of the kernel
  std::barrier<> finished;  // between two blocks
};

inline thread_local HostBlock* host_block = nullptr;
inline thread_local Index threadIdx, blockIdx, gridDim;
inline constexpr Index blockDim{threads_per_block, 1};
inline std::atomic<int> launches = 0;  // since the start of the program

inline void __syncthreads() { host_block->arrived.arrive_and_wait(); }
inline double* shared_memory() { return host_block->shared.data(); }

template <typename... Parameters, typename... Arguments>
void launch(void (*kernel)(Parameters...), const Grid& grid, void*, Arguments... arguments) {
  ++launches;
  HostBlock running(grid.shared_bytes);
  std::vector<std::jthread> threads;
  for (unsigned thread = 0; thread < threads_per_block; ++thread) {
    threads.emplace_back([&, thread] {
      host_block = &running;
      threadIdx = {thread, 0};
      gridDim = {grid.x, grid.y};
      for (unsigned block = grid.x * grid.y; block-- > 0;) {
        blockIdx = {block % grid.x, block / grid.x};
        if (thread == 0) std::ranges::fill(running.shared, std::numeric_limits<double>::quiet_NaN());
        running.finished.arrive_and_wait();
        kernel(static_cast<Parameters>(arguments)...);
        running.finished.arrive_and_wait();
      }
    });
  }
}

}  // namespace pbn::model::cuda
