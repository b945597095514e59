// The operations of the network, with their gradients for autograd. All images are (B, C, H, W), channels_last, of type
// float32, bfloat16 or float64.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <optional>

namespace pbn::model {

struct ConvolutionOptions {
  // Added to the result in place, for example the skip connection of a residual block.
  std::optional<at::Tensor> addend = {};
  // The result is read only by a BatchNorm, which subtracts its mean. The gradient of the bias is then rounding error:
  // it is set to zero, which saves a pass over the gradient. Kernels may even leave the bias out of the result, so the
  // BatchNorm must know it (BatchNormTensors::absorbed_bias).
  bool bias_is_absorbed = false;
  // The weight in x's type, if somebody keeps it (parameters.h); else each call rounds the weight.
  at::Tensor rounded_weight = {};
};

// x (B, I, H, W) channels_last; weight (O, I, k, k), k odd; bias (O) -> (B, O, H, W): stride 1, padded to keep the
// side. The arithmetic has the type of x: with x in bfloat16 weight and bias are rounded to it, and their gradients are
// returned in their own type.
at::Tensor convolution(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                       const ConvolutionOptions& options = {});

// Sums a tensor (float64, on the device of the network) over all ranks in place. Every rank makes the same calls in the
// same order, in the forward and in the backward pass. Empty for a single process.
using SumOverRanks = std::function<void(at::Tensor&)>;

struct BatchNormOptions {
  bool training = true;              // normalise with the batch's statistics and update the running ones with them
  bool synchronised = false;         // the statistics of all ranks' batches together, however these are split
  SumOverRanks sum_over_ranks = {};  // used if synchronised
};

// All (C), float32, or float64 for inputs in float64.
struct BatchNormTensors {
  at::Tensor gamma, beta;
  at::Tensor running_mean, running_variance;  // move by 0.1 towards the mean and the unbiased variance
  at::Tensor absorbed_bias = {};  // of the convolution in front, if its ConvolutionOptions::bias_is_absorbed is set
};

inline constexpr double batch_norm_momentum = 0.1;
inline constexpr double batch_norm_epsilon = 1e-5;

// Batch normalisation followed by ReLU: x (B, C, H, W), float32, bfloat16 or float64, channels_last ->
// max(0, gamma (x - mean) / sqrt(variance + 1e-5) + beta), of the same type and layout. Sums are computed in double,
// forward and backward, so that one rank and several agree to rounding. The gradients of gamma and beta are this rank's
// share, like all gradients: their sum over the ranks is the gradient.
at::Tensor batch_norm_relu(const at::Tensor& x, const BatchNormTensors& tensors, const BatchNormOptions& options);

// The same, and x for its other readers. The pass that computes the gradient of x also adds the gradients of those that
// read this `input` instead of x, which saves LibTorch a pass over memory.
struct NormalisedAndInput {
  at::Tensor normalised, input;
};
NormalisedAndInput batch_norm_relu_and_input(const at::Tensor& x, const BatchNormTensors& tensors,
                                             const BatchNormOptions& options);

// Max-pooling (Sec. 3.2): x with H and W even -> the greatest of each 2x2 elements, and x for its other readers, as
// above. Among equal elements the first one, row by row, gets the gradient.
struct HalvedAndInput {
  at::Tensor halved, input;
};
HalvedAndInput halved_and_input(const at::Tensor& x);

inline at::Tensor halved(const at::Tensor& x) { return halved_and_input(x).halved; }

// Nearest up-sampling and a sum: fine (B, C, H, W) + each element of coarse (B, C, H/2, W/2) at its 2x2 places.
at::Tensor plus_doubled(const at::Tensor& fine, const at::Tensor& coarse);

}  // namespace pbn::model
