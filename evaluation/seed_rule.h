// Seeds until a question is decided: how many seeds each cell gets is a rule that is fixed before the first run, and
// follows from the results alone (grid: `seeds: {until: decided, least: 5, most: 40}`).
//
// The baseline and all cells that are still undecided get the same new seeds, in whole rounds. A round is chosen from
// earlier ones that are complete, so that neither the speed of a run nor its failure has a say in the result.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "evaluation/verdict.h"

namespace pbn::evaluation {

struct SeedRule {
  int least = 5, most = 40;  // seeds of the first round, and of all rounds together

  // The number of seeds after the next round: a quarter more, so that the machine has several runs at a time.
  int after(int seeds) const;

  int most_rounds() const;  // if nothing is decided before

  friend bool operator==(const SeedRule&, const SeedRule&) = default;
};

// A comparison of a cell with its baseline under a rule.
struct ComparisonInRounds {
  std::size_t cell = 0;                            // counted from 0; a cell may be compared by several figures
  std::vector<std::optional<double>> differences;  // by seed; none where a run has no result yet
  std::optional<double> margin;
};

struct RoundsSoFar {
  std::vector<int> seeds{};  // of each cell, those of a round that has begun included
  int rounds = 1;            // that have begun
  bool is_over = false;      // all runs of these seeds have results, and there is no next round
};
RoundsSoFar rounds_so_far(const SeedRule& rule, std::size_t cells, std::span<const ComparisonInRounds> comparisons,
                          double error = accepted_error);

// The differences up to the first seed without one: a gap must not be skipped, since the failure of a run may have to
// do with its figure.
std::vector<double> without_gaps(std::span<const std::optional<double>> differences);

}  // namespace pbn::evaluation
