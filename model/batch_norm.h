// Batch normalisation followed by ReLU, with the statistics of one rank's batch or of all ranks' batches together.
// With the latter training does not depend on how a global batch is split.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>

namespace pbn {

// Sums a tensor (float64, on the device of the network) over all ranks in place. Every rank makes the same calls in the
// same order, in the forward and in the backward pass. Empty with a single process.
using SumOverRanks = std::function<void(at::Tensor&)>;

struct BatchNormOptions {
  bool training = true;              // the batch's statistics, which move the running ones; else the running ones
  bool synchronised = false;         // of all ranks' batches
  SumOverRanks sum_over_ranks = {};  // used when synchronised
};

// All (C), float32, or float64 for inputs in float64.
struct BatchNormTensors {
  at::Tensor gamma, beta;
  at::Tensor running_mean, running_variance;  // move by 0.1 towards the mean and the unbiased variance
};

// x (B, C, H, W), float32, bfloat16 or float64, channels_last -> max(0, gamma (x - mean) / sqrt(variance + 1e-5) +
// beta), of the same type and layout. Sums are taken and added in double, forward and backward, so that one rank and
// many agree to rounding. The gradients of gamma and beta are this rank's share: summed over the ranks, as all
// gradients are, they are whole.
at::Tensor batch_norm_relu(const at::Tensor& x, const BatchNormTensors& tensors, const BatchNormOptions& options);

// The same, and x for whatever else reads it. When that reads this second x, the gradient that comes back from there is
// added in the pass that makes the gradient of x anyway; else LibTorch would make one more.
struct NormalisedBeside {
  at::Tensor normalised, x;
};
NormalisedBeside batch_norm_relu_beside(const at::Tensor& x, const BatchNormTensors& tensors,
                                        const BatchNormOptions& options);

}  // namespace pbn
