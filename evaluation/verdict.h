// What a study may say of its comparisons with a baseline: each is higher, lower, equivalent, or undecided.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace pbn::evaluation {

// How the seeds were chosen: their number beforehand, or from the results so far (seed_rule.h).
enum class Seeds { fixed, sequential };

enum class Finding { undecided, higher, lower, equivalent };

// One comparison that a study planned before its first run.
struct PlannedComparison {
  std::vector<double> differences;  // in the order of the seeds; may be empty
  std::optional<double> margin;     // a difference of less does not matter; positive
};

struct Judgement {
  Finding finding = Finding::undecided;
  double p = 1;          // of no difference: sign_flip_p, or sequential_test
  double corrected = 1;  // for all planned comparisons
};

inline constexpr double accepted_error = 0.05;  // of any false finding, where a study does not say otherwise

// The probability of any false finding among all comparisons is at most `error`, under the assumptions of the tests.
// p is corrected by Holm's method: a difference that is found no longer counts among the comparisons. With a margin it
// still counts (Bonferroni), because that comparison may be wrong in another way: it could be called equivalent. That
// is found where the two one-sided tests at error/m, m the number of comparisons, show the difference to be inside the
// margin; in other words, where the interval at 1 - 2 error/m lies inside (with fixed seeds, Student's).
std::vector<Judgement> judge(std::span<const PlannedComparison> comparisons, Seeds seeds,
                             double error = accepted_error);

// About how many seeds find a difference of this mean, in deviations of the differences: with fixed seeds for a power
// of 80%, and enough for the least p; with sequential ones, when the evidence suffices on average. Normal differences
// are assumed. None where a million would not do.
std::optional<int> seeds_to_find(double mean_in_deviations, Seeds seeds, std::size_t comparisons,
                                 double error = accepted_error);

}  // namespace pbn::evaluation
