// Batch normalisation with the statistics of all ranks' batches together, so that training does not depend on how a
// global batch is split.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>

namespace pbn {

// Sums a tensor over all ranks in place. Every rank makes the same calls in the same order, in the forward and in the
// backward pass. Empty with a single process.
using SumOverRanks = std::function<void(at::Tensor&)>;

// x (B, C, H, W), float32, bfloat16 or float64, channels_last; gamma, beta, running_mean, running_variance (C) ->
// normalised x. Sums are taken and added in double, forward and backward, so that one rank and many agree to rounding.
// The gradients of gamma and beta are this rank's share: summed over the ranks, as all gradients are, they are whole.
// The running statistics move by `momentum` towards the mean and the unbiased variance.
at::Tensor synchronised_batch_norm(const at::Tensor& x, const at::Tensor& gamma, const at::Tensor& beta,
                                   const at::Tensor& running_mean, const at::Tensor& running_variance, double momentum,
                                   double epsilon, const SumOverRanks& sum_over_ranks);

}  // namespace pbn
