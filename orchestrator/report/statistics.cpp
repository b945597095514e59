#include "orchestrator/report/statistics.h"

#include <cmath>
#include <numeric>

namespace pbn {

Spread spread_of(std::span<const double> values) {
  Spread spread;
  spread.n = static_cast<int>(values.size());
  if (values.empty()) return spread;
  spread.mean = std::accumulate(values.begin(), values.end(), 0.0) / spread.n;
  if (spread.n < 2) return spread;
  double squares = 0;
  for (const double value : values) squares += (value - spread.mean) * (value - spread.mean);
  spread.deviation = std::sqrt(squares / (spread.n - 1));
  return spread;
}

}  // namespace pbn
