// How LibTorch computes in this process.
#pragma once

namespace pbn {

// The same bits every time, with this many threads in an operation. Before the first network is made.
void prepare_torch(int threads);

// Large tensors come and go in every step: glibc keeps their memory instead of giving it back, so that it is not
// cleared and mapped again each time, and the first 4 GiB are in pages of 2 MiB where Linux has them (madvise).
// Before anything is allocated.
void keep_large_blocks();

}  // namespace pbn
