// The language of our CUDA kernels: what CUDA adds to C++, as far as we use it. nvcc compiles it for GPUs; in tests a
// double of the GPU (tests/model/kernels/cuda_on_host.h, to be included first) runs the same sources on threads of the
// host.
//
// For that, kernels keep these rules: they are started by launch() alone, have no return before a barrier, and use no
// warp functions, atomics, asynchronous copies or assembly. Any block size that is a power of two from 32 on must do.
#pragma once

#include <cstddef>
#include <cstdint>

#ifdef __CUDACC__

#include <cuda_runtime.h>

#include <stdexcept>
#include <string>

#define PBN_KERNEL __global__ void
#define PBN_DEVICE __device__ __forceinline__
#define PBN_UNROLL _Pragma("unroll")

namespace pbn::model::cuda {

inline constexpr int threads_per_block = 256;

// The block's shared memory, of as many bytes as launch() was given.
PBN_DEVICE double* shared_memory() {
  extern __shared__ double memory[];
  return memory;
}

struct Grid {
  unsigned x = 1, y = 1;
  std::size_t shared_bytes = 0;
};

// Queues the kernel on the stream, with threads_per_block threads in each block. Throws a std::runtime_error if CUDA
// refuses it.
template <typename... Parameters, typename... Arguments>
void launch(void (*kernel)(Parameters...), const Grid& grid, void* stream, Arguments... arguments) {
  kernel<<<dim3(grid.x, grid.y), threads_per_block, grid.shared_bytes, static_cast<cudaStream_t>(stream)>>>(
      static_cast<Parameters>(arguments)...);
  const cudaError_t error = cudaGetLastError();
  if (error != cudaSuccess) throw std::runtime_error(std::string("a CUDA kernel: ") + cudaGetErrorString(error));
}

}  // namespace pbn::model::cuda

#elif !defined(PBN_CUDA_ON_HOST)
#error "CUDA kernels are compiled by nvcc, or in tests after tests/model/kernels/cuda_on_host.h"
#endif
