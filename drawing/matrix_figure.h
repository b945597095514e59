// A picture of the relatedness of all pairs of parts, as in Fig. 2a.
#pragma once

#include <string>

#include "data/groups/groups_report.h"

namespace pbn::drawing {

// A heat map of the normalised mutual information with its values, from dark blue (0) to yellow (1), in a colour map
// for colour-blind readers too (cividis). Parts are in the order of their groups, which are framed.
std::string matrix_picture(const data::RelatedParts& related);

}  // namespace pbn::drawing
