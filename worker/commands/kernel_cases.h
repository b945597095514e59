// The operations of the network with shapes of the paper's: 8 stacks, 256 features, input of 256x256.
#pragma once

#include <functional>
#include <vector>

#include "worker/commands/kernel_comparison.h"

namespace pbn::worker {

struct KernelCaseOptions {
  at::Device device;  // where the numbers are drawn and compared: a processor would take minutes for a GPU's shapes
  int people = 16;
  bool quick = false;  // one or two small shapes of each operation, some no multiples of vectors, in float64 too
};

// Makes a case when it is called, since all of them together would fill a GPU. Cases of a loss and of RMSProp are there
// only if `own` has such kernels.
std::vector<std::function<KernelCase()>> kernel_cases(const KernelCaseOptions& options, const model::Kernels& own);

}  // namespace pbn::worker
