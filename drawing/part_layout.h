// The places of the parts of a body in a figure of groups.
#pragma once

#include <array>
#include <vector>

#include "config/skeleton.h"

namespace pbn::drawing {

// (K, 2) places in a picture of 100 x 150. People whose parts are all known stand and are seen from the front: the
// person's right is on the left. Other skeletons are laid out by their limbs: distances follow the number of limbs
// between two parts (Kamada and Kawai 1989, minimised by majorisation), right parts lie left of their partners, and the
// head, or else the first part, lies at the top. Always the same for the same skeleton.
std::vector<std::array<double, 2>> places_of_parts(const config::Skeleton& skeleton);

}  // namespace pbn::drawing
