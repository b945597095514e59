#include <c10/cuda/CUDAStream.h>

#include "model/kernels/cuda/cuda_kernels.h"

namespace pbn::model::cuda {

void* current_stream() { return c10::cuda::getCurrentCUDAStream().stream(); }

}  // namespace pbn::model::cuda
