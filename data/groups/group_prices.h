// What each set of parts is worth as a group, and prices of parts that show which sets the best partitions are made of:
// what makes the exact search of data/groups/grouping.h fast.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace pbn {

using PartSet = std::uint32_t;  // bit p: part p is in it

// (2^parts) the share of each set's weights that a group of these parts would keep inside: 1 minus its term in the
// normalised cut; 0 where the parts have no weight. The normalised cut of k groups is k minus what they are worth.
std::vector<double> worth_of_every_group(std::span<const double> weights, int parts);

// Prices under which no group is worth more than its parts cost together with the fee:
//   slack(G) = fee + sum of prices in G - worth(G) >= 0 for every G.
// Every partition into k groups then is worth (k fees + all prices) minus the slacks of its groups. So the best one is
// that of least total slack, and a group of more slack than some partition has in total is in no better partition.
// (The dual of the linear relaxation of set partitioning; slacks are its reduced costs.)
struct GroupPrices {
  std::vector<double> of_part;
  double fee = 0;
  double best_possible = 0;  // k fees + all prices: no k groups are worth more
};

// Prices for k groups with a small best_possible, so that good groups have little slack: subgradient descent, a fixed
// number of steps. All that depends on how near to the optimum they are is the time of the search.
GroupPrices price_parts(std::span<const double> worth, int parts, int k);

// (2^parts) the slack of every group, not below 0; of the empty one it means nothing.
std::vector<double> slack_of_every_group(std::span<const double> worth, const GroupPrices& prices);

}  // namespace pbn
