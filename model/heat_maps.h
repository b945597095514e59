// From pixels and joints to what the network reads and is compared with, and back from heat maps to joints.
// Everything works on the device of its arguments. S = P/4 is the side of a heat map; pixel i covers [i, i+1).
#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <vector>

#include "config/skeleton.h"

namespace pbn {

inline constexpr int pixels_per_cell = 4;  // input pixels along one side of a heat map's cell
inline constexpr std::array<double, 3> mpii_mean_rgb = {0.4660, 0.4443, 0.4068};
inline constexpr std::array<double, 3> mpii_and_lsp_mean_rgb = {0.4589, 0.4396, 0.4058};

// uint8 (B, P, P, 3) RGB -> RGB/255 - mean as (B, 3, P, P), channels_last, of the given floating type.
at::Tensor normalised_images(const at::Tensor& pixels, const std::array<double, 3>& mean_rgb, at::ScalarType type);

struct Targets {
  at::Tensor maps;  // (B, K, S, S)
  at::Tensor mask;  // (B, K): 1 where the map is trained, 0 where the part is not labelled or its cell is outside
};

// A Gaussian of height 1 around the centre of the joint's cell floor(joint/4), cut to 7x7 cells whatever sigma is, as
// in the paper's lineage (sigma in cells; pose-protocol: 1.75 fits the paper's losses, 1.0 is its text).
// joints (B, K, 2) input pixels, labelled (B, K); the maps have the floating type of the joints.
Targets make_targets(const at::Tensor& joints, const at::Tensor& labelled, int side, double sigma);

// Squared differences of all stacks' maps where the mask is 1, summed and divided by `denominator`: a scalar.
// With mean_squared_error_denominator(global batch, K, S) the ranks' losses add up to the paper's loss, the mean over
// batch x parts x S x S, summed over stacks; masked maps leave the denominator as it is.
at::Tensor heat_map_loss(const std::vector<at::Tensor>& maps, const Targets& targets, double denominator);
double mean_squared_error_denominator(std::int64_t people, int parts, int side);

// The loss of a network that answers 0 everywhere. A training loss that stays there has collapsed.
at::Tensor zero_output_loss(const Targets& targets, int stacks, double denominator);

struct Decoded {
  at::Tensor joints;      // float32 (B, K, 2) input pixels
  at::Tensor confidence;  // float32 (B, K) the map's highest value
};

// The centre of each map's highest cell, with `quarter_shift` moved by a quarter of a cell towards the higher
// neighbour in x and in y: along each axis on which the cell has both neighbours, or, as pose-hg and mmpose do it,
// along neither when the cell lies at the border (`lineage_border`). NaNs count as lower than everything; a map of
// nothing else decodes to its first cell with confidence 0. Each map is decoded by itself.
Decoded decode(const at::Tensor& maps, bool quarter_shift, bool lineage_border = false);

// The maps (B, K, S, S) of mirrored images, mirrored back, with left and right parts exchanged.
at::Tensor unflipped(const at::Tensor& maps, const Skeleton& skeleton);

}  // namespace pbn
