// Partitions with a small normalised cut for more parts than the exact search can handle (data/groups/grouping.h).
#pragma once

#include <span>
#include <vector>

#include "data/groups/grouping.h"

namespace pbn::data {

// The best two partitions into k groups that local search finds: from a spectral start (Shi and Malik 2000: k-means of
// the parts in the leading eigenvectors of the normalised weights) and from `random_starts` random ones, parts move to
// other groups, or two of them change places, while that lowers the cut. Always the same for the same weights. 1 <= k
// <= parts.
MinimumCut local_normalised_cut(std::span<const double> weights, int parts, int k, int random_starts = 20);

// What no partition into k groups is below: k minus the k greatest eigenvalues of the normalised weights, of which
// negative ones count as 0 (the relaxation of the cut to orthonormal vectors; Ky Fan's theorem), less 1e-9 for
// rounding.
double least_possible_cut(std::span<const double> weights, int parts, int k);

// Eigenvalues of a symmetric matrix (n, n), the greatest first, and eigenvectors as rows (n, n), by Jacobi's rotations.
struct Eigensystem {
  std::vector<double> values, vectors;
};
Eigensystem symmetric_eigensystem(std::vector<double> matrix, int n);

}  // namespace pbn::data
