// The interface between pbn_worker and its CUDA plug-in, a shared library in the program's folder that is opened at the
// start.
#pragma once

#include <string>

#include "worker/device/device.h"

namespace pbn::worker {

inline constexpr const char* plugin_file = "libpbn_cuda.so";
inline constexpr const char* plugin_entry = "pbn_make_cuda_device";

// The GPU of this local rank, owned by the caller; null, with the reason, if this machine has none. Throws a usage
// error if there are more ranks than GPUs and `shared` is false.
using MakeCudaDevice = Device* (*)(int local_rank, bool shared, std::string* reason);

}  // namespace pbn::worker
