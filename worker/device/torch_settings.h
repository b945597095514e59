// Settings of LibTorch and of the allocator for this process.
#pragma once

#include "config/run_config.h"  // Precision

namespace pbn::worker {

// Makes results reproducible to the bit, with so many threads for each operation. GPUs multiply float32 numbers in IEEE
// arithmetic, except with Precision::tf32: LibTorch alone would round the factors of convolutions to TF32. Call it
// before the first network is created.
void prepare_torch(int threads, config::Precision precision = config::Precision::fp32);

// Every step allocates and frees large tensors. This lets glibc keep their memory, which would otherwise be unmapped,
// mapped and cleared again each time, and puts the first 4 GiB into pages of 2 MiB if Linux allows it (madvise). Call
// it before the first allocation.
void keep_large_blocks();

}  // namespace pbn::worker
