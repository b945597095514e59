// Work captured in a CUDA graph. Not yet tested on a GPU (docs/design.md).
#pragma once

#include <c10/core/Device.h>

#include <functional>
#include <memory>
#include <string>

#include "worker/device/device.h"

namespace pbn::worker {

// Captures what `work` queues on the current stream of this thread, which must not be the default stream, and on
// streams synchronised with it, such as NCCL's. Throws std::exceptions if an operation cannot be captured; the stream
// and the allocators then work as before, and nothing was executed.
std::unique_ptr<RecordedWork> record_graph(const std::function<void()>& work, c10::DeviceIndex device);

// Why record_graph() would fail now: the lack of memory; empty if it is enough.
std::string obstacle_to_recording_on(c10::DeviceIndex device);

}  // namespace pbn::worker
