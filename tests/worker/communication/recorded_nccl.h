// Test doubles of CUDA's events and streams and of NCCL, under the very source of worker/cuda/nccl_communicator.cpp:
// they log the calls and add over MPI.
//
// Work in the current stream is done at once, as on the CPU. A sum is done as late as a GPU may do it: when the current
// stream waits for a mark behind it. Sums are added in the order of the ranks. MPI_Abort() is a double, too: it ends
// the calling thread instead of the job.
#pragma once

#include <nccl.h>

#include <string>
#include <vector>

namespace pbn::worker {

// What a call did, in words, such as "record mark 1 in current", "sums 1 waits for mark 1", "allreduce 1 in sums 1",
// "destroy 1", "abort 1" or "MPI_Abort 69". Marks, streams and communicators are numbered from 1 since forget_calls().
void forget_calls();
std::vector<std::string> nccl_calls();
void note_call(const std::string& text);

// A sum returns this result: the next one, or the one after so many others.
void let_sum_fail(ncclResult_t result, int after = 0);
// Whether sums are captured, that is, accepted and never done.
void capture_sums(bool captures);
// Every communicator reports this result of its sums from now on.
void set_asynchronous_error(ncclResult_t result);

// Returns when MPI_Abort() has been called since forget_calls().
void await_abort();

}  // namespace pbn::worker
