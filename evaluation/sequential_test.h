// A test of paired differences that may be looked at after every seed. The sign-flip test of statistics.h is right for
// a number of seeds that was chosen beforehand: whoever adds seeds until its p is small finds differences where none
// are.
//
// For a difference d whose distribution is symmetric about theta whatever the earlier seeds gave, d - theta could as
// well have had the other sign. Then exp(u) / cosh(u), u = lambda (d - theta) / s, is 1 on average, and the product
// over the seeds is a fair game, in which a bet on "above theta" grows if the differences are above it. By Ville's
// inequality the mean of such products over fixed lambdas ever reaches 1/error with a probability of at most `error`
// (test martingale; Koning, arXiv:2310.01153, and Koning and van Meer, arXiv:2501.03982). s is a scale known
// beforehand: the deviation of the earlier differences. Half of the stake is on either side, and the larger half
// counts.
//
// Differences are in the order of their seeds, without gaps, finite, of any magnitude.
#pragma once

#include <span>

#include "evaluation/statistics.h"

namespace pbn::evaluation {

struct SequentialTest {
  double p = 1;  // that the differences are symmetric about 0: valid at whatever number of seeds one stops
  int side = 0;  // 1: the evidence is for positive differences; -1: for negative ones; 0: there is none
};
SequentialTest sequential_test(std::span<const double> differences);

// The smallest p that n seeds can give, however large the differences.
double smallest_sequential_p(std::size_t n);

// The same test for one side: p of "the centre of symmetry is at most `centre`" (side 1) or at least (-1).
double sequential_one_sided_p(std::span<const double> differences, double centre, int side);

// Every centre of symmetry that the test has not rejected at `error` so far. It never grows with more seeds, and covers
// the centre at all numbers of seeds together with a probability of at least 1 - error. Ends may be infinite. Where all
// centres are rejected, the differences are symmetric about none; both ends are then in the middle of the gap.
Interval sequential_interval(std::span<const double> differences, double error);

// About how many seeds in total the test takes to reject 0 at `error` where the differences are normal with this
// mean, in deviations of one. 0 where the mean is 0.
int seeds_to_tell(double mean_in_deviations, double error);

}  // namespace pbn::evaluation
