// LibTorch's streams on the GPU of this rank.
#pragma once

#include <cuda_runtime_api.h>

#include "model/kernels/cuda/cuda_kernels.h"

namespace pbn::worker {

// The stream to which this thread's operations go.
inline cudaStream_t current_stream() { return static_cast<cudaStream_t>(model::cuda::current_stream()); }

// A stream of high priority beside it, for sums over the ranks. It belongs to LibTorch.
cudaStream_t stream_for_sums();

}  // namespace pbn::worker
