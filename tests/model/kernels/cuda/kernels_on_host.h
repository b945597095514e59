// Lets networks on the CPU compute with the kernels for GPUs, which run on the test double cuda_on_host.h.
#pragma once

#include "model/kernels/cuda/cuda_kernels.h"

namespace pbn::model {

// While it lives, tensors on the CPU are computed with the kernels for GPUs.
class KernelsOnHost {
 public:
  KernelsOnHost() : before_(kernels_for(at::kCPU)) { use_kernels(at::kCPU, cuda_kernels()); }
  ~KernelsOnHost() { use_kernels(at::kCPU, before_); }
  KernelsOnHost(const KernelsOnHost&) = delete;
  KernelsOnHost& operator=(const KernelsOnHost&) = delete;

 private:
  const Kernels& before_;
};

// Launches of own kernels since the start of the program.
int launches_on_host();

}  // namespace pbn::model
