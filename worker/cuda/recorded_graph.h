// Work captured in a CUDA graph. Not yet run on a GPU (docs/design.md).
#pragma once

#include <c10/core/Device.h>

#include <functional>
#include <memory>

#include "worker/device/device.h"

namespace pbn {

// What `work` queues on the current stream of this thread, which must not be the default one, and on streams that wait
// for it and that it waits for, such as NCCL's. Throws std::exceptions where something cannot be captured; then nothing
// was done, and the stream works as before.
std::unique_ptr<RecordedWork> record_graph(const std::function<void()>& work, c10::DeviceIndex device);

}  // namespace pbn
