// How much the location of one part says about that of another (Sec. 3.1, Eq. 1).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/groups/box_poses.h"

namespace pbn::data {

// Mutual information between the locations of parts on a lattice over the person's box.
struct Relatedness {
  const config::Skeleton* skeleton = nullptr;
  int people = 0;
  std::vector<double> nats;  // (K, K) symmetric, zero diagonal
  std::vector<int> counted;  // (K, K) people with both parts labelled; on the diagonal those with the part

  // (K, K) the off-diagonal entries scaled from minimum..maximum to 0..1: the weights of the normalised cut. All 1 if
  // they are equal.
  std::vector<double> normalised() const;
};

// The parts of people on a lattice of `cells` x `cells` cells; locations outside the box count as its border. Built
// once, estimated many times.
class LatticePoses {
 public:
  // Throws a data error that names a part or a pair of parts that is labelled in no person.
  explicit LatticePoses(const BoxPoses& poses, int cells = 16);

  int people() const { return people_; }

  // Plug-in estimate of Eq. 1 from joint histograms. A pair of parts counts the people in whom both are labelled.
  // `times` (N) is the weight of each person, 0 or more; a pair without people gets 0 nats.
  Relatedness relatedness() const;
  Relatedness relatedness(std::span<const int> times) const;

 private:
  const config::Skeleton* skeleton_;
  int people_, side_;                             // side_: cells along one side of the box
  std::vector<std::vector<std::int32_t>> cells_;  // (K, N) the cell, row by row; negative: not labelled
};

}  // namespace pbn::data
