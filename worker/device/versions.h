// The versions that belong to a result: of this program, its libraries and its device.
#pragma once

#include "base/json.h"
#include "worker/device/device.h"

namespace pbn::worker {

// {"pbn": "0.2.0", "build": "a54db7e-dirty", "libtorch", "mpi", "instruction_set"}
Json program_versions();

// The same and the device's: for a GPU "gpu" (its model), "cuda", "cudnn" and "nccl".
Json versions_on(const Device& device);

}  // namespace pbn::worker
