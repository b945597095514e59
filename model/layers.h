// The layers of the stacked hourglass network (Newell et al., ECCV 2016; Secs. 3.2 and 3.3 of the paper). Images and
// features are (B, C, H, W), channels_last. Each layer creates its parameters under its name, in the order of its
// forward pass.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>
#include <string>

#include "model/kernels/operations.h"
#include "model/parameters.h"

namespace pbn::model {

struct Convolution {
  Convolution(Parameters& parameters, const std::string& name, int in, int out, int kernel = 1);
  at::Tensor operator()(const at::Tensor& x, const ConvolutionOptions& options = {}) const;

  at::Tensor weight;
  at::Tensor rounded_weight;  // see Parameters::rounded_copy()
  at::Tensor bias;
};

struct BatchNormRelu {
  // `absorbed_bias`: of the convolution in front, if nothing else reads its result.
  BatchNormRelu(Parameters& parameters, const std::string& name, int channels, const at::Tensor& absorbed_bias = {});
  at::Tensor operator()(const at::Tensor& x, const BatchNormOptions& options) const;
  NormalisedAndInput with_input(const at::Tensor& x, const BatchNormOptions& options) const;

  BatchNormTensors tensors;
};

// Convolution, BatchNorm and ReLU: "lin" with a 1x1 kernel, and the 3x3 layers of the stem.
struct NormalisedConvolution {
  NormalisedConvolution(Parameters& parameters, const std::string& name, int in, int out, int kernel = 1);
  at::Tensor operator()(const at::Tensor& x, const BatchNormOptions& options) const;

  Convolution convolution;
  BatchNormRelu norm;
};

// Pre-activation bottleneck: three times BatchNorm, ReLU and convolution (1x1, 3x3, 1x1 at half the width), plus the
// input, which passes BatchNorm, ReLU and a 1x1 convolution if the widths differ.
struct ResidualBlock {
  ResidualBlock(Parameters& parameters, const std::string& name, int in, int out, bool pre_activation = true);
  at::Tensor operator()(const at::Tensor& x, const BatchNormOptions& options) const;

  std::optional<BatchNormRelu> norm1;
  Convolution conv1;
  BatchNormRelu norm2;
  Convolution conv2;
  BatchNormRelu norm3;
  Convolution conv3;
  std::optional<BatchNormRelu> skip_norm;
  std::optional<Convolution> skip_conv;
};

// P -> P/4, 3 -> features channels.
struct Stem {
  Stem(Parameters& parameters, const std::string& name, int features);
  at::Tensor operator()(const at::Tensor& images, const BatchNormOptions& options) const;

  NormalisedConvolution conv1, conv2, conv3;
  ResidualBlock residual1, residual2, residual3;
};

// One level: a block at this resolution in parallel with pooling, a block, the level below, a block and nearest
// up-sampling.
struct Hourglass {
  Hourglass(Parameters& parameters, const std::string& name, int features, int level = 4);
  at::Tensor operator()(const at::Tensor& x, const BatchNormOptions& options) const;

  ResidualBlock upper, before;
  std::unique_ptr<Hourglass> level_below;  // null at the lowest level, which has one more block instead
  std::optional<ResidualBlock> lowest;
  ResidualBlock after;
};

}  // namespace pbn::model
