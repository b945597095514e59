// What each set of parts is worth as a group, and prices of the parts that bound the worth of every group. They make
// the exact search of data/groups/grouping.h fast.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace pbn::data {

using PartSet = std::uint32_t;  // bit p is set if the set contains part p

// (2^parts) the share of a set's weights that stays inside if the set is a group: 1 minus its term in the normalised
// cut; 0 for parts without weights. The normalised cut of k groups is k minus the sum of their worths.
std::vector<double> worth_of_every_group(std::span<const double> weights, int parts);

// Prices such that no group is worth more than the fee and the prices of its parts:
//   slack(G) = fee + sum of prices in G - worth(G) >= 0 for every G.
// Hence a partition into k groups is worth (k fees + all prices) minus the slacks of its groups: the best one has the
// least total slack, and a group with more slack than the total of a known partition is in no better partition.
// (The dual of the linear relaxation of set partitioning; slacks are the reduced costs.)
struct GroupPrices {
  std::vector<double> of_part;
  double fee = 0;
  double best_possible = 0;  // k fees + all prices: an upper bound of the worth of k groups
};

// Prices for k groups with a small best_possible, so that good groups have little slack, by a fixed number of steps of
// subgradient descent. Their distance from the optimum only affects the time of the search.
GroupPrices price_parts(std::span<const double> worth, int parts, int k);

// (2^parts) the slack of every group, clamped to 0 from below; undefined for the empty set.
std::vector<double> slack_of_every_group(std::span<const double> worth, const GroupPrices& prices);

}  // namespace pbn::data
