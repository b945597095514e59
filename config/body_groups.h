// Groups of neighbouring parts on the body, for skeletons without a published list of them.
#pragma once

#include <vector>

#include "config/part_groups.h"

namespace pbn::config {

// (K, K) the number of limbs between two parts; K where none connect them.
std::vector<std::vector<int>> limbs_between(const Skeleton& skeleton);

// k groups of parts that limbs connect. Beginning with every part alone, groups that a limb joins become one until k
// are left: those whose union is the most compact (the fewest limbs between its parts, then the fewest parts). Both
// sides of the body are treated alike, unless that would leave fewer than k groups. Depends on parts, mirror pairs and
// limbs alone. Throws a usage error where limbs leave more than k pieces, or k exceeds the number of parts.
Groups body_groups(const Skeleton& skeleton, int k);

}  // namespace pbn::config
