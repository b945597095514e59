// Who computed a result: this program, its libraries and what its device is made of.
#pragma once

#include "base/json.h"
#include "worker/device/device.h"

namespace pbn {

// {"pbn": "0.2.0", "build": "a54db7e-dirty", "libtorch", "mpi", "instruction_set"}
Json program_versions();

// The same with those of the device: of a GPU "gpu" (its model), "cuda", "cudnn" and "nccl".
Json versions_on(const Device& device);

}  // namespace pbn
