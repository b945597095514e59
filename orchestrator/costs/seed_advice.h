// Whether a sweep has seeds enough for the tests that its report will make.
#pragma once

#include <optional>
#include <string>

#include "orchestrator/grid/sweep.h"

namespace pbn {

// The sign-flip test of n paired seeds cannot give a p below 2/2^n, and Holm's correction multiplies the smallest of
// `compared` by their number (report/statistics.h).
struct SeedAdvice {
  std::size_t seeds = 0;
  std::size_t compared = 0;  // cells that are compared with a baseline
  double smallest_p = 1;     // that they can reach
  std::size_t needed = 0;    // seeds with which that would be below 0.05

  bool is_enough() const { return seeds >= needed; }
  std::string sentence() const;
};

// Nothing where no cell is compared with another.
std::optional<SeedAdvice> seed_advice(const Sweep& sweep);

}  // namespace pbn
