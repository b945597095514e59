// The memory of a recorded graph in LibTorch's allocators: those of the GPU and of pinned host memory.
#pragma once

#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/Device.h>

#include <string>

namespace pbn::worker {

// Waits for the device and gives memory that no tensor uses back to CUDA, since a graph cannot take it from LibTorch.
void free_unused_memory();

// "it needs 12.0 GiB beside 12.0 GiB for other steps, and 20.0 GiB are free"; empty if the memory is enough. A graph
// keeps as much memory as the steps so far needed at most, and the last steps of epochs, which are not recorded, need
// that, too. Calls free_unused_memory().
std::string lack_of_memory_for_graph(c10::DeviceIndex device);

// Ends a capture's allocations from `pool` in both allocators, unless they have ended, and gives the pool up. For a
// capture that failed before LibTorch had done so.
void abandon_pool(c10::DeviceIndex device, c10::MempoolId_t pool);

}  // namespace pbn::worker
