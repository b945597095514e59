// Groups of related parts on a body, as in Fig. 2b.
#pragma once

#include <string>

#include "config/part_groups.h"

namespace pbn {

// A standing figure seen from the front (the person's right is at the reader's left); parts of a group have one colour
// and are joined by thick limbs. A part in several groups shows the first of them.
std::string group_figure(const Groups& groups, const Skeleton& skeleton);

}  // namespace pbn
