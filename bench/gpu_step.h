// The claims of bench_step about GPUs: the network of 8 stacks at 256x256 in bf16, with 16 and 32 people.
//
//   step.gpu.16people.over_eager     our kernels in a CUDA graph against PyTorch, eager         at least 2
//   step.gpu.16people.over_graphed   against PyTorch in a CUDA graph                            at least 1
//   step.gpu.16people.over_aten      against our own step with LibTorch's kernels               at least 1
//   step.gpu.16people.roofline       against the roofline (bench/roofline/roofline.h)           at least 0.6
//   step.gpu.16people.loading        percent of a step waited for data, at most 0.5             at least 1
//   step.gpu.compiled.16people       against torch.compile in max-autotune, a hypothesis        at least 1.2
//   step.gpu.8ranks                  8 GPUs against one, the paper's 16 people in all           at least 4
//
// Ours is the median of 40 steps of `pbn_worker try`; the peer's, of four seconds of bench/peers/step_on_gpu.py. Every
// measurement is a process, and those that several claims need are made once. A claim whose measurement fails is absent
// with "failed: ..."; where there is no GPU, all are, with that reason.
#pragma once

#include <vector>

#include "bench/claim.h"
#include "bench/program.h"

namespace pbn::bench {

// --people FILE: a pose file with boxes of 256 pixels; without it people are drawn. --gpu-stand-in: the processor and
// small work instead, which checks the programs but claims nothing.
void add_gpu_step_options(po::options_description& options);

// Those whose names without "step." begin with --only.
std::vector<Claim> gpu_step_claims(const po::variables_map& arguments);

}  // namespace pbn::bench
