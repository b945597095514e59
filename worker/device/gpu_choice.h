// Which GPU a rank uses, and when it may not: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pbn::worker {

// The index of a rank's GPU among those that it sees: its number among the ranks of its host, modulo their number. So
// a rank that sees one GPU uses it, as where Slurm gives every rank its own (--gpus-per-task, --gpu-bind) or MIG hides
// the others. Ranks that see the same GPUs use them in turn.
std::size_t index_of_gpu(int local_rank, std::size_t visible_gpus);

// Where a rank's GPU is; both empty for a rank on a CPU.
struct GpuPlace {
  std::string host, uuid;
};

// The ranks of each GPU that several ranks use, in ascending order; empty if all have a GPU of their own or none.
std::vector<std::vector<int>> ranks_on_shared_gpus(const std::vector<GpuPlace>& of_ranks);

// Throws a usage error that names the ranks if several use one GPU.
void require_own_gpus(const std::vector<GpuPlace>& of_ranks);

// How ranks sum: not at all (there is one), by NCCL, or through host memory if ranks share a GPU, which NCCL refuses.
// `wanted` is run.communicator; throws a usage error if it is not possible between these GPUs.
enum class GpuSums { none, nccl, staged };
GpuSums sums_between(const std::vector<GpuPlace>& of_ranks, const std::string& wanted);

// Whether the value of CUDA_VISIBLE_DEVICES (null if it is not set) names a GPU; "-1" and Slurm's "NoDevFiles" hide
// all.
bool names_a_gpu(const char* visible_devices);

}  // namespace pbn::worker
