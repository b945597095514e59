// Peaks of GPUs by model, for the share of the peak that a training reaches.
#pragma once

#include <string>

#include "config/run_config.h"

namespace pbn::worker {

// Operations per second in a number format, without sparsity, of the GPU with this name; 0 if unknown. fp32 and fp64
// are those of the vector units, bf16 and tf32 of the tensor cores (sums in fp32). An instance of MIG ("NVIDIA H100
// 80GB HBM3 MIG 1g.10gb") has its share of the model's seven slices.
//
// From NVIDIA's data sheets: H100 (SXM, PCIe, NVL), H200 (SXM, NVL), GH200, HGX B200, GB200, A100, A30, A40, A10, L40S,
// L40, L4, H20, V100, RTX 6000 Ada. Where a sheet gives values with sparsity alone, half of them.
double gpu_peak_flops(const std::string& name, config::Precision precision);

}  // namespace pbn::worker
