// Groups of related parts (Sec. 3.1): the paper's named groups in experiments/part_groups.json, and explicit lists.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "config/skeleton.h"

namespace pbn::config {

// Part indices, each group ascending, the groups by their first part; a part may be in several groups (Fig. 5f).
using Groups = std::vector<std::vector<int>>;

// "related-2", "related-5" (Fig. 2b), "related-8", "related-16", "body-6" (Sec. 3.1), "all" and "each". Besides,
// "body-K" with any K, and on skeletons that the paper's lists do not cover, takes K groups from the limbs
// (config/body_groups.h).
// The suffix "+shoulders", as in "related-5+shoulders", adds each shoulder to the group of its elbow and wrist (Fig.
// 5f). It is refused if there is no such group, or the shoulder is already in it.
const std::vector<std::string>& known_group_names();

// Removes parts from a list of lists of part names, and groups that become empty; a name is returned unchanged.
Json groups_without(const Json& name_or_lists, std::span<const std::string> left_out);

// The groups of a name or of a list of lists of part names. Parts that the skeleton lacks (LSP: pelvis and thorax) are
// removed from named groups; an explicit list must contain every part of the skeleton and no other. Throws usage
// errors, also for a published list that lacks a part of the skeleton.
Groups resolve_groups(const Json& name_or_lists, const Skeleton& skeleton);

// The order of groups and parts in a run's identity.
Groups canonical_order(Groups groups);

// Lists of part names, the inverse of resolve_groups.
Json to_json(const Groups& groups, const Skeleton& skeleton);

}  // namespace pbn::config
