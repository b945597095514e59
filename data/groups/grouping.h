// The partition of parts into groups that keeps the most relatedness together: the minimum of the normalised cut
// (Shi and Malik 2000; Sec. 3.1), exact.
#pragma once

#include <optional>
#include <span>

#include "config/part_groups.h"

namespace pbn {

// A partition and its cost: over its groups, the sum of (weights that leave the group) / (weights at its parts).
// From 0 to the number of groups; smaller is better.
struct Partition {
  Groups groups;  // in canonical order
  double ncut = 0;
};

// `weights` is (parts, parts), symmetric, not negative, with a zero diagonal. Parts without any weight cost their group
// nothing; a group of nothing else costs 1, as if all of it were cut.
double normalised_cut(std::span<const double> weights, int parts, const Groups& groups);

struct MinimumCut {
  Partition minimum;
  std::optional<Partition> runner_up;  // the second best; none where there is one partition only
};

// The best two of all partitions into exactly k groups. A runner-up that costs hardly more, or the same, says that the
// groups depend on the sample of people; of equal costs it is unspecified, but always the same, which comes first.
// A dynamic programme over the sets of parts, which prices of the parts (data/groups/group_prices.h) keep to the few
// groups that matter: some milliseconds for 16 parts and the relatedness of people. The longest, where very many
// partitions cost the same, is about k * 3^(parts - 1) / 2 steps: half a second. Throws a usage error unless 1 <= k <=
// parts.
MinimumCut minimum_normalised_cut(std::span<const double> weights, int parts, int k);

}  // namespace pbn
