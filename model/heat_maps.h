// The network's input and its training targets from pixels and joints, and joints from heat maps.
// Every function works on the device of its arguments. S = P/4 is the side of a heat map; pixel i covers [i, i+1).
#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <vector>

#include "config/run_config.h"
#include "config/skeleton.h"

namespace pbn::model {

inline constexpr int pixels_per_cell = 4;  // input pixels along one side of a heat map's cell

// uint8 (B, P, P, 3) RGB -> RGB/255 minus a mean colour (0 to 1) as (B, 3, P, P), channels_last, of the given
// floating-point type.
at::Tensor normalised_images(const at::Tensor& pixels, at::ScalarType type,
                             const std::array<double, 3>& mean_rgb = config::mpii_mean_rgb);

struct Targets {
  at::Tensor maps;  // (B, K, S, S)
  at::Tensor mask;  // (B, K): 1 where the map is trained, 0 where the part is not labelled or its cell is outside
};

// A Gaussian of height 1 around the centre of the joint's cell floor(joint/4), cut to 7x7 cells for every sigma, as in
// the code that the paper builds on (sigma in cells; pose-protocol: 1.75 fits the paper's losses, 1.0 is its text).
// joints (B, K, 2) in input pixels, labelled (B, K); the maps have the floating-point type of the joints.
Targets make_targets(const at::Tensor& joints, const at::Tensor& labelled, int side, double sigma);

// The squared differences of all stacks' maps where the mask is 1, summed and divided by `denominator`: a scalar.
// With mean_squared_error_denominator(global batch, K, S) the losses of the ranks add up to the paper's loss: the mean
// over batch x parts x S x S, summed over the stacks. Masked maps do not change the denominator.
at::Tensor heat_map_loss(const std::vector<at::Tensor>& maps, const Targets& targets, double denominator);
double mean_squared_error_denominator(std::int64_t people, int parts, int side);

// The loss of a network whose output is 0 everywhere. A training loss that stays there has collapsed.
at::Tensor zero_output_loss(const Targets& targets, int stacks, double denominator);

struct Decoded {
  at::Tensor joints;      // float32 (B, K, 2) input pixels
  at::Tensor confidence;  // float32 (B, K) the map's highest value
};

// The centre of each map's highest cell. With `quarter_shift` it is moved in x and in y by a quarter of a cell towards
// the higher neighbour: along each axis on which the cell has two neighbours or, with `lineage_border`, as in pose-hg
// and mmpose, along neither axis when the cell lies at the border. NaN counts as lower than every number; a map of NaNs
// decodes to its first cell with confidence 0. A map's result does not depend on the other maps.
Decoded decode(const at::Tensor& maps, bool quarter_shift, bool lineage_border = false);

// The maps (B, K, S, S) of mirrored images, mirrored back, with left and right parts exchanged.
at::Tensor unflipped(const at::Tensor& maps, const config::Skeleton& skeleton);

}  // namespace pbn::model
