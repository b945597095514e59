// The door between pbn_worker and its CUDA plug-in, a shared library beside the program that is opened at start.
#pragma once

#include <string>

#include "worker/device/device.h"

namespace pbn {

inline constexpr const char* plugin_file = "libpbn_cuda.so";
inline constexpr const char* plugin_entry = "pbn_make_cuda_device";

// The GPU of this local rank, owned by the caller; null, with the reason, when there is none at all. With `shared`
// ranks may outnumber GPUs; without it that is a usage error, which is thrown.
using MakeCudaDevice = Device* (*)(int local_rank, bool shared, std::string* reason);

}  // namespace pbn
