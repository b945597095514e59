// How far groups of related parts depend on which people happened to be annotated.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/groups/grouping.h"
#include "data/groups/relatedness.h"

namespace pbn {

struct FrequentGroups {
  Groups groups;
  double share = 0;  // of the resamples
};

// What becomes of the groups when the people are drawn anew, N of N with replacement. A resample holds about 63% of the
// people, some of them several times, and shows more mutual information than they all do: shares are a guide to what
// is uncertain, not probabilities.
struct GroupStability {
  int resamples = 0;
  std::uint64_t seed = 0;
  std::vector<double> together;       // (K, K) share of the resamples in which two parts are in one group
  std::vector<FrequentGroups> found;  // the most frequent partitions, at most `most_shown`, the most frequent first
  std::size_t distinct = 0;           // partitions found
  double same_share = 0;              // of the resamples that give just the groups in question

  static constexpr std::size_t most_shown = 3;
};

// The minimum cut into as many groups as `groups` has, found anew for every resample. Draws depend on (seed, number of
// the resample) alone.
GroupStability bootstrap_groups(const LatticePoses& poses, const Groups& groups, int resamples, std::uint64_t seed);

// A part whose company the resamples do not agree upon.
struct UncertainPart {
  int part = 0;
  std::vector<int> others;     // the parts that resamples join it to or part it from, unlike the groups in question
  std::vector<double> shares;  // of the resamples that do
};

// The parts with another that more than a tenth of the resamples place otherwise.
inline constexpr double tolerated_share = 0.1;
std::vector<UncertainPart> uncertain_parts(const GroupStability& stability, const Groups& groups, int parts);

}  // namespace pbn
