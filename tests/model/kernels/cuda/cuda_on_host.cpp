// The CUDA kernels and their table, compiled for the host (cuda_on_host.h).
#include "tests/model/kernels/cuda/cuda_on_host.h"

#include "model/kernels/cuda/batch_norm.cu"
#include "model/kernels/cuda/cuda_kernels.cpp"
#include "model/kernels/cuda/flat.cu"
#include "model/kernels/cuda/resampling.cu"
#include "tests/model/kernels/cuda/kernels_on_host.h"

namespace pbn::model {

void* cuda::current_stream() { return nullptr; }

int launches_on_host() { return cuda::launches; }

}  // namespace pbn::model
