// The roofline of a training step on a GPU: for each kernel the larger of two times, that to move its bytes through the
// GPU's memory and that to compute its operations. No step by these kernels is faster; caches could only save reads.
//
// The calls are those of the network itself: it runs on the processor with kernels (model/kernels/kernels.h) that only
// note what they would do on a GPU and leave their results unwritten.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/table.h"
#include "config/model_spec.h"

namespace pbn::bench {

struct GpuLimits {
  std::string name;
  double bytes_per_second;  // of its memory
  double bf16_flops;        // operations per second, dense
};

// From NVIDIA's data sheets: H100 SXM 3.35 TB/s, H200 4.8 TB/s, both 989 TFLOP/s in bf16.
const std::vector<GpuLimits>& known_limits();
// Those of the GPU with this name, as Device::describe() gives it; nothing for others.
std::optional<GpuLimits> limits_of(const std::string& device);

// One launch of a kernel, or of several that share its data.
struct KernelCall {
  std::string kind;   // "data gradient 3x3"
  std::string maker;  // ours, cuDNN (or cuBLAS), LibTorch
  double bytes;       // read and written, every tensor once
  double operations;  // floating-point, of matrix units; passes over elements count as none

  double seconds_on(const GpuLimits& gpu) const;
};

// All calls of a training step in bf16 on one GPU: input, targets, forward, loss, backward, norm and RMSProp. Replaces
// the processor's kernels meanwhile.
std::vector<KernelCall> calls_of_step(const config::ModelSpec& spec, int people, int side);

double seconds_on(const GpuLimits& gpu, const std::vector<KernelCall>& calls);

// A row for each kind of kernel: calls, bytes, operations, milliseconds on each GPU; then the sum.
Table table_of(const std::vector<KernelCall>& calls, const std::vector<GpuLimits>& gpus);

}  // namespace pbn::bench
