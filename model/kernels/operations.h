// The operations that a network is made of, and their gradients by autograd. All images are (B, C, H, W),
// channels_last, float32, bfloat16 or float64.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <optional>

namespace pbn {

// A convolution's arithmetic follows its input: parameters stay in full precision, activations may not.
struct ConvolutionOptions {
  // Added to the result, in place: the other way around a residual block, for example.
  std::optional<at::Tensor> addend = {};
  // The result goes nowhere but into a BatchNorm that takes off its mean. Then the bias has no gradient but rounding,
  // and a pass over the gradient is saved where that is not computed; it is zero.
  bool bias_is_absorbed = false;
};

// x (B, I, H, W) channels_last; weight (O, I, k, k), k odd; bias (O) -> (B, O, H, W): stride 1, padded to keep the
// side. With x in bfloat16 weight and bias are rounded to it, and their gradients come back in their own type.
at::Tensor convolution(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                       const ConvolutionOptions& options = {});

// Batch normalisation followed by ReLU, with the statistics of one rank's batch or of all ranks' batches together. With
// the latter training does not depend on how a global batch is split.

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

// The hourglass's ways down and up (Sec. 3.2): features at half the side, and back.

// x with H and W even -> the greatest of each 2x2 elements, and x for whatever else reads it: when that reads this
// second x, both gradients are added in one pass. Among equals the first one, row by row, gets the gradient.
struct HalvedBeside {
  at::Tensor halved, x;
};
HalvedBeside halved_beside(const at::Tensor& x);

inline at::Tensor halved(const at::Tensor& x) { return halved_beside(x).halved; }

// fine (B, C, H, W) + each element of coarse (B, C, H/2, W/2) in the 2x2 places that it stands for.
at::Tensor plus_doubled(const at::Tensor& fine, const at::Tensor& coarse);

}  // namespace pbn
