// Groups of related parts (Sec. 3.1): the paper's, shipped in experiments/part_groups.json, and one's own.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "config/skeleton.h"

namespace pbn {

// Part indices, each group ascending, the groups by their first part; a part may be in several groups (Fig. 5f).
using Groups = std::vector<std::vector<int>>;

// "related-2", "related-5" (Fig. 2b), "related-8", "related-16", "body-6" (Sec. 3.1), "all" and "each".
// Disjoint groups may be followed by "+shoulders", as in "related-5+shoulders": each shoulder is also in the group of
// its elbow and wrist (Fig. 5f). Refused where there is no such group, or the shoulder is in it already.
const std::vector<std::string>& known_group_names();

// A list of lists of part names without these parts, and without the groups that then are empty; a name as it is.
Json groups_without(const Json& name_or_lists, std::span<const std::string> left_out);

// A name or a list of lists of part names. Parts that the skeleton lacks (LSP: pelvis and thorax) drop out of named
// groups; an explicit list must name the skeleton's own parts and leave none out. Throws usage errors.
Groups resolve_groups(const Json& name_or_lists, const Skeleton& skeleton);

// The canonical order that enters a run's digest.
Groups canonical_order(Groups groups);

// As lists of part names, which resolve_groups reads back.
Json to_json(const Groups& groups, const Skeleton& skeleton);

}  // namespace pbn
