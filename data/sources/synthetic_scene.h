// What stands behind a synthetic person, and what stands in front.
#pragma once

#include "data/sources/synthetic_figure.h"

namespace pbn::synthetic {

// A gradient, blotches, polygons and limbs that belong to nobody.
void paint_background(Picture& picture, double head_length, Random& random);

// One to three boxes, discs or planks over limbs. Joints under them become true in `hidden`.
void paint_occluders(Picture& picture, const Body& body, const Placement& placement, Random& random,
                     std::array<bool, 16>& hidden);

}  // namespace pbn::synthetic
