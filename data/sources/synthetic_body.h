// Bodies of synthetic people: skeletons with bones of fixed length in random poses.
#pragma once

#include <array>
#include <vector>

#include "base/random.h"

namespace pbn::data::synthetic {

// x to the right, y down, z towards the viewer; in head lengths (upper neck to head top).
using Vector = std::array<double, 3>;

Vector operator+(const Vector& a, const Vector& b);
Vector operator-(const Vector& a, const Vector& b);
Vector operator*(double factor, const Vector& v);
double dot(const Vector& a, const Vector& b);
Vector cross(const Vector& a, const Vector& b);
Vector normalised(const Vector& v);

// Indices of parts in mpii16().
inline constexpr int pelvis = 6, thorax = 7, neck = 8, head_top = 9;
struct Side {
  int ankle, knee, hip, wrist, elbow, shoulder;
  double outward;  // x direction in the body's frame: the right side of a person who faces us is on our left
};
inline constexpr Side right_side{0, 1, 2, 10, 11, 12, -1};
inline constexpr Side left_side{5, 4, 3, 15, 14, 13, 1};

struct Body {
  std::array<Vector, 16> joints{};  // in the order of mpii16()
  Vector forward{};                 // direction of the chest
  Vector face{};                    // direction of the face
};

// Draws a base pose (standing, walking, crouching, one leg high) and varies its angles; `spread` scales the variation.
// The legs share crouch, stride and stance, and wrist and elbow belong to one arm, so these parts are related, while
// the arms are independent of the legs (related parts as in Sec. 3.1). Most people are seen from the front.
Body random_body(Random& random, double spread);

}  // namespace pbn::data::synthetic
