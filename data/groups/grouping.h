// The partition of parts into groups that keeps the most relatedness within the groups: the minimum of the normalised
// cut (Shi and Malik 2000; Sec. 3.1), exact up to 18 parts.
#pragma once

#include <optional>
#include <span>

#include "config/part_groups.h"

namespace pbn::data {

// A partition and its cost: the sum over the groups of (weights that leave the group) / (all weights at its parts).
// Between 0 and the number of groups; smaller is better.
struct Partition {
  config::Groups groups;  // in canonical order
  double ncut = 0;
};

// `weights` is (parts, parts), symmetric, not negative, with a zero diagonal. A part without weights does not change
// the cost of its group; a group of such parts alone costs 1, as if it were cut off entirely.
double normalised_cut(std::span<const double> weights, int parts, const config::Groups& groups);

struct MinimumCut {
  Partition minimum;
  std::optional<Partition> runner_up;  // the second best; none if there is only one partition
  bool is_proven = true;               // false: the best two that a local search found
  double lower_bound = 0;              // if not proven: no partition is below this
};

inline constexpr int most_exact_parts = 18;  // the tables over all sets of parts (2^parts) must fit into memory

// The best two of all partitions into exactly k groups; of more than most_exact_parts parts, the best two that a local
// search finds (data/groups/local_grouping.h). A runner-up of the same or nearly the same cost shows that the
// groups depend on the sample of people. Among equal costs the order is arbitrary but always the same.
// A dynamic programme over sets of parts, pruned by dual prices (data/groups/group_prices.h): milliseconds for 16 parts
// and the relatedness of real people. The worst case, many partitions of equal cost, takes about k * 3^(parts - 1) / 2
// steps: half a second. Throws a usage error unless 1 <= k <= parts.
MinimumCut minimum_normalised_cut(std::span<const double> weights, int parts, int k);

}  // namespace pbn::data
