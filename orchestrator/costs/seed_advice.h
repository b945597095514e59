// Whether a sweep has enough seeds for the statistical tests of its report.
#pragma once

#include <optional>
#include <string>

#include "orchestrator/grid/sweep.h"

namespace pbn::costs {

// The sign-flip test of n paired seeds cannot give a p-value below 2/2^n, and Holm's correction multiplies the smallest
// p-value by the number of comparisons (evaluation/statistics.h). The sequential test under a rule of seeds has a
// smallest p-value, too.
struct SeedAdvice {
  std::size_t seeds = 0;
  std::size_t compared = 0;  // cells that are compared with a baseline
  double smallest_p = 1;     // the smallest p-value that these seeds can give
  std::size_t needed = 0;    // seeds for a smallest p-value below the question's alpha
  bool is_rule = false;      // seeds: the most that a rule may ask for

  bool is_enough() const { return seeds >= needed; }
  std::string sentence() const;
};

// Nothing if no cells are compared.
std::optional<SeedAdvice> seed_advice(const grid::Sweep& sweep);

}  // namespace pbn::costs
