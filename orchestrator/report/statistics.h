// A figure over the seeds of a cell.
#pragma once

#include <span>

namespace pbn {

struct Spread {
  int n = 0;
  double mean = 0;
  double deviation = 0;  // standard deviation of the sample (n - 1); 0 where n < 2
};

Spread spread_of(std::span<const double> values);

}  // namespace pbn
