#include "worker/device/torch_settings.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <malloc.h>
#include <sys/mman.h>

#include <cstdlib>
#include <memory>

namespace pbn::worker {

void prepare_torch(int threads, config::Precision precision) {
  at::set_num_threads(threads);
  at::globalContext().setDeterministicAlgorithms(true, false);
  at::globalContext().setDeterministicFillUninitializedMemory(
      false);  // does not affect results, but costs a pass over each
  at::globalContext().setBenchmarkCuDNN(false);
  at::globalContext().setFlushDenormal(true);
  // LibTorch 2.11 has older and newer functions for this. These are the older ones: they set the values of both, while
  // cuBLAS's part of LibTorch reads both and throws if the newer ones alone have been set.
  const bool allows_tf32 = precision == config::Precision::tf32;
  at::globalContext().setAllowTF32CuDNN(allows_tf32);
  at::globalContext().setAllowTF32CuBLAS(allows_tf32);
}

void keep_large_blocks() {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, -1);  // never
  // The block becomes the beginning of the heap. None of its pages exists before it is written to.
  constexpr std::size_t bytes = std::size_t{4} << 30, page = std::size_t{2} << 20;
  void* const block = std::malloc(bytes);
  void* begin = block;
  std::size_t space = bytes;
  if (block && std::align(page, bytes - page, begin, space)) madvise(begin, bytes - page, MADV_HUGEPAGE);
  std::free(block);
}

}  // namespace pbn::worker
