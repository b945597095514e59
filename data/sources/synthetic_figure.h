// The appearance of a synthetic body: clothes, skin and hair, painted from the farthest part to the nearest.
#pragma once

#include <array>

#include "data/sources/painting.h"
#include "data/sources/synthetic_body.h"

namespace pbn::data::synthetic {

struct Placement {
  double head_length = 0;  // pixels
  Point origin{};          // pixel of the pelvis

  Point pixel(const Vector& v) const { return {origin[0] + head_length * v[0], origin[1] + head_length * v[1]}; }
};

// Diagonal of the head box in head lengths.
inline constexpr double head_box_diagonal = 1.28;

// Returns which joints are covered by a part of the body that they do not belong to.
std::array<bool, 16> paint_figure(Picture& picture, const Body& body, const Placement& placement, Random& random);

}  // namespace pbn::data::synthetic
