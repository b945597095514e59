// LibTorch's streams on the GPU of this rank.
#pragma once

#include <cuda_runtime_api.h>

namespace pbn::worker {

// The stream to which this thread's operations go.
cudaStream_t current_stream();

// A stream of high priority beside it, for sums over the ranks. It belongs to LibTorch.
cudaStream_t stream_for_sums();

}  // namespace pbn::worker
