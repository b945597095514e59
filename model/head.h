// The heads, which turn a stack's shared features into heat maps: the baselines of Sec. 4.3 and the part-based branches
// (Fig. 3).
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>
#include <vector>

#include "config/model_spec.h"
#include "model/layers.h"

namespace pbn::model {

// The layers of one part group: its features and its heat maps.
struct Branch {
  Branch(Parameters& parameters, const std::string& name, const config::ModelSpec& spec, int group_size);

  NormalisedConvolution lin;
  std::vector<ResidualBlock> blocks;  // D of them
  Convolution conv;
};

struct HeadOutput {
  at::Tensor maps;      // (B, K, H, W)
  at::Tensor specific;  // (B, groups * W, H, W) concatenated features of the branches; undefined for a baseline
};

// (K, sum of group sizes, 1, 1), float64: a 1x1 convolution from the branches' maps to one map for each part, the mean
// of the part's maps in all its groups. Throws a usage error for a part in no group.
at::Tensor sorting_matrix(const config::Groups& groups, int parts);

struct HeatMapHead {
  // Float64 activations have their means over groups in float64, others in `type_of_means`: in float32, except where a
  // GPU would round its products to TF32.
  HeatMapHead(Parameters& parameters, const std::string& name, const config::ModelSpec& spec,
              at::ScalarType type_of_means = at::kFloat);
  HeadOutput operator()(const at::Tensor& shared, const BatchNormOptions& options) const;

  config::ModelSpec spec;
  at::ScalarType type_of_means;
  std::optional<ResidualBlock> residual;  // deep baseline
  std::optional<Convolution> conv;        // both baselines
  std::vector<Branch> branches;

  mutable at::Tensor sorting;  // sorting_matrix(); float64 until the first forward pass converts it
};

}  // namespace pbn::model
