// The background and foreground of synthetic people.
#pragma once

#include "data/sources/synthetic_figure.h"

namespace pbn::data::synthetic {

// Paints a gradient, blotches, polygons and limbs without bodies.
void paint_background(Picture& picture, double head_length, Random& random);

// Paints one to three boxes, discs or planks over limbs, and sets `hidden` for the joints beneath.
void paint_occluders(Picture& picture, const Body& body, const Placement& placement, Random& random,
                     std::array<bool, 16>& hidden);

}  // namespace pbn::data::synthetic
