// The blocks of the stacked hourglass network (Newell et al., ECCV 2016; Secs. 3.2 and 3.3 here). Images and features
// are (B, C, H, W), channels_last. Each layer makes its parameters under its name in the order of its forward pass.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>
#include <string>

#include "model/parameters.h"
#include "model/synchronised_batch_norm.h"

namespace pbn {

// What a forward pass must know beside its input.
struct Pass {
  bool training = true;       // statistics of the batch instead of the running ones
  bool synchronised = false;  // of all ranks' batches
  SumOverRanks sum_over_ranks = {};
};

struct Convolution {
  Convolution(Parameters& parameters, const std::string& name, int in, int out, int kernel = 1);
  at::Tensor operator()(const at::Tensor& x) const;

  at::Tensor weight, bias;
};

// eps 1e-5, momentum 0.1.
struct BatchNorm {
  BatchNorm(Parameters& parameters, const std::string& name, int channels);
  at::Tensor operator()(const at::Tensor& x, const Pass& pass) const;

  at::Tensor gamma, beta;
  at::Tensor running_mean, running_variance;
};

// Convolution, BatchNorm and ReLU: "lin" with a 1x1 kernel, and the 3x3 layers of the stem.
struct NormalisedConvolution {
  NormalisedConvolution(Parameters& parameters, const std::string& name, int in, int out, int kernel = 1);
  at::Tensor operator()(const at::Tensor& x, const Pass& pass) const;

  Convolution convolution;
  BatchNorm norm;
};

// Pre-activation bottleneck: three times BatchNorm, ReLU, convolution (1x1, 3x3, 1x1 at half the width), plus the
// input, which goes through BatchNorm, ReLU and a 1x1 convolution when the widths differ.
struct ResidualBlock {
  ResidualBlock(Parameters& parameters, const std::string& name, int in, int out, bool pre_activation = true);
  at::Tensor operator()(const at::Tensor& x, const Pass& pass) const;

  std::optional<BatchNorm> norm1;
  Convolution conv1;
  BatchNorm norm2;
  Convolution conv2;
  BatchNorm norm3;
  Convolution conv3;
  std::optional<BatchNorm> skip_norm;
  std::optional<Convolution> skip_conv;
};

// P -> P/4, 3 -> features channels.
struct Stem {
  Stem(Parameters& parameters, const std::string& name, int features);
  at::Tensor operator()(const at::Tensor& images, const Pass& pass) const;

  Convolution conv1;
  BatchNorm norm1;
  NormalisedConvolution conv2, conv3;
  ResidualBlock residual1, residual2, residual3;
};

// One level: a block at this resolution beside pooling, block, the level underneath, block and nearest up-sampling.
struct Hourglass {
  Hourglass(Parameters& parameters, const std::string& name, int features, int level = 4);
  at::Tensor operator()(const at::Tensor& x, const Pass& pass) const;

  ResidualBlock upper, before;
  std::unique_ptr<Hourglass> underneath;  // or, at the lowest level, one more block
  std::optional<ResidualBlock> lowest;
  ResidualBlock after;
};

}  // namespace pbn
