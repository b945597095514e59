// How much the groups of related parts depend on the sample of annotated people.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/groups/grouping.h"
#include "data/groups/relatedness.h"

namespace pbn::data {

struct FrequentGroups {
  config::Groups groups;
  double share = 0;  // of the resamples
};

// How the groups vary over bootstrap resamples of the people, N of N with replacement. A resample holds about 63% of
// the people, some of them several times, and overestimates mutual information: the shares are a guide to what is
// uncertain, not probabilities.
struct GroupStability {
  int resamples = 0;
  std::uint64_t seed = 0;
  std::vector<double> together;       // (K, K) share of the resamples in which two parts are in one group
  std::vector<FrequentGroups> found;  // the most frequent partitions, at most `most_shown`, the most frequent first
  std::size_t distinct = 0;           // partitions found
  double same_share = 0;              // of the resamples whose minimum is exactly the given groups

  static constexpr std::size_t most_shown = 3;
};

// The minimum cut of every resample into as many groups as `groups` has. The draws depend only on `seed` and the number
// of the resample.
GroupStability bootstrap_groups(const LatticePoses& poses, const config::Groups& groups, int resamples,
                                std::uint64_t seed);

// A part that many resamples group with other parts than the given groups do.
struct UncertainPart {
  int part = 0;
  std::vector<int> others;     // parts that resamples join to it or separate from it, unlike the given groups
  std::vector<double> shares;  // of the resamples that do
};

// The parts for which more than `tolerated_share` of the resamples treat some other part differently.
inline constexpr double tolerated_share = 0.1;
std::vector<UncertainPart> uncertain_parts(const GroupStability& stability, const config::Groups& groups, int parts);

}  // namespace pbn::data
