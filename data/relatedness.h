// How much one part's place tells about another's (Sec. 3.1, Eq. 1).
#pragma once

#include <vector>

#include "data/box_poses.h"

namespace pbn {

// Mutual information between the places of parts on a lattice over the person's box.
struct Relatedness {
  const Skeleton* skeleton = nullptr;
  int people = 0;
  std::vector<double> nats;  // (K, K) symmetric, zero diagonal

  // (K, K) the off-diagonal entries scaled from their least..greatest to 0..1, the weights of the normalised cut; all
  // are 1 where they do not differ.
  std::vector<double> normalised() const;
};

// Plug-in estimate from joint histograms over `cells` x `cells` places; places outside the box count as its border.
// A pair of parts counts the people in which both are labelled. Throws a data error that names a part that nobody has,
// or a pair that nobody has both of.
Relatedness estimate_relatedness(const BoxPoses& poses, int cells = 16);

}  // namespace pbn
