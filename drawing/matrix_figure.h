// The relatedness of all pairs of parts as a picture, as in Fig. 2a.
#pragma once

#include <string>

#include "data/groups/groups_report.h"

namespace pbn {

// A heat map of the normalised mutual information with its values, from dark blue (0) to yellow (1), which readers see
// in the same order whatever colours they can tell apart (cividis). Parts stand in the order of their groups, which are
// framed.
std::string matrix_picture(const RelatedParts& related);

}  // namespace pbn
