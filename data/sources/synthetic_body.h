// The bodies of the synthetic people: a skeleton with bones of fixed length, posed in space by a random recipe.
#pragma once

#include <array>
#include <vector>

#include "base/random.h"

namespace pbn::synthetic {

// x to the right, y down, z towards the viewer; in head lengths (upper neck to head top).
using Vector = std::array<double, 3>;

Vector operator+(const Vector& a, const Vector& b);
Vector operator-(const Vector& a, const Vector& b);
Vector operator*(double factor, const Vector& v);
double dot(const Vector& a, const Vector& b);
Vector cross(const Vector& a, const Vector& b);
Vector normalised(const Vector& v);

// Numbers of mpii16()'s parts.
inline constexpr int pelvis = 6, thorax = 7, neck = 8, head_top = 9;
struct Side {
  int ankle, knee, hip, wrist, elbow, shoulder;
  double outward;  // x of the body's own frame: a person who faces us has the right hand on our left
};
inline constexpr Side right_side{0, 1, 2, 10, 11, 12, -1};
inline constexpr Side left_side{5, 4, 3, 15, 14, 13, 1};

struct Body {
  std::array<Vector, 16> joints{};  // in the order of mpii16()
  Vector forward{};                 // where the chest looks
  Vector face{};                    // where the face looks
};

// A base pose (standing, walking, crouching, one leg high) with its angles varied; `spread` scales the variation.
// The legs share crouch, stride and stance, and wrist and elbow hang on one arm, so that these tell about each other
// while the two arms know nothing of the legs: related parts as in Sec. 3.1. Most people are seen from the front.
Body random_body(Random& random, double spread);

}  // namespace pbn::synthetic
