// Our own kernels for GPUs as a table (model/kernels/kernels.h). Compiled into the plug-in libpbn_cuda.so.
#pragma once

#include "model/kernels/kernels.h"

namespace pbn::model {

const Kernels& cuda_kernels();

namespace cuda {

// The stream (a cudaStream_t) on which the current thread's operations are queued. In tests there is none.
void* current_stream();

}  // namespace cuda
}  // namespace pbn::model
