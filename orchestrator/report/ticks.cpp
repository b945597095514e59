#include "orchestrator/report/ticks.h"

#include <cmath>

namespace pbn {

std::vector<double> round_ticks(double from, double to) {
  const double least_step = (to - from) / 7;
  if (!(least_step > 0)) return {from};
  const double power = std::pow(10, std::floor(std::log10(least_step)));
  double step = 10 * power;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (factor * power >= least_step) step = factor * power;
  }
  std::vector<double> ticks;
  const double first = std::ceil(from / step - 1e-9), last = std::floor(to / step + 1e-9);
  for (double multiple = first; multiple <= last; ++multiple) ticks.push_back(multiple == 0 ? 0 : multiple * step);
  return ticks;
}

}  // namespace pbn
