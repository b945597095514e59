#include "worker/cuda/streams.h"

#include <c10/cuda/CUDAStream.h>

namespace pbn::worker {

cudaStream_t stream_for_sums() { return c10::cuda::getStreamFromPool(/*isHighPriority=*/true).stream(); }

}  // namespace pbn::worker
