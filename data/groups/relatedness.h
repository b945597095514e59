// How much one part's place tells about another's (Sec. 3.1, Eq. 1).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/groups/box_poses.h"

namespace pbn {

// Mutual information between the places of parts on a lattice over the person's box.
struct Relatedness {
  const Skeleton* skeleton = nullptr;
  int people = 0;
  std::vector<double> nats;  // (K, K) symmetric, zero diagonal
  std::vector<int> counted;  // (K, K) people who have both parts; on the diagonal those who have the part

  // (K, K) the off-diagonal entries scaled from their least..greatest to 0..1, the weights of the normalised cut; all
  // are 1 where they do not differ.
  std::vector<double> normalised() const;
};

// People's parts on a lattice of `cells` x `cells` places; places outside the box count as its border. Made once, so
// that the people can be counted often.
class LatticePoses {
 public:
  // Throws a data error that names a part that nobody has, or a pair that nobody has both of.
  explicit LatticePoses(const BoxPoses& poses, int cells = 16);

  int people() const { return people_; }

  // Plug-in estimate of Eq. 1 from joint histograms. A pair of parts counts the people in which both are labelled.
  // `times` (N) says how often each person counts, 0 included; a pair that is left with nobody shares 0 nats.
  Relatedness relatedness() const;
  Relatedness relatedness(std::span<const int> times) const;

 private:
  const Skeleton* skeleton_;
  int people_, cells_;
  std::vector<std::vector<std::int32_t>> places_;  // (K, N) the lattice cell, row by row; negative: not labelled
};

Relatedness estimate_relatedness(const BoxPoses& poses, int cells = 16);

}  // namespace pbn
