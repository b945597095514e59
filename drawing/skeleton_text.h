// A skeleton in words, for `pbn inspect --skeleton`.
#pragma once

#include <string>

#include "config/skeleton.h"

namespace pbn::drawing {

// Its name and reference, a table of the parts with their mirror images and sigmas, the limbs and the named means.
std::string skeleton_text(const config::Skeleton& skeleton);

}  // namespace pbn::drawing
