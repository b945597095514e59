// The interface between pbn_worker and its CUDA plug-in, a shared library in the program's folder, or in ../lib/pbn/
// from there, that is opened at the start, where the driver has a GPU.
#pragma once

#include <string>

#include "worker/device/device.h"
#include "worker/device/gpu_driver.h"

namespace pbn::worker {

inline constexpr const char* plugin_file = "libpbn_cuda.so";
inline constexpr const char* plugin_entry = "pbn_make_cuda_device";

// This GPU, at this index among the visible ones, owned by the caller; null, with the reason, if CUDA cannot use it.
using MakeCudaDevice = Device* (*)(int index, const VisibleGpu& gpu, std::string* reason);

}  // namespace pbn::worker
