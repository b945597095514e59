#include "worker/training/step_times.h"

#include <algorithm>

namespace pbn::worker {

double StepTimes::median() const {
  std::vector<double> sorted = seconds;
  std::sort(sorted.begin(), sorted.end());
  return (sorted.at((sorted.size() - 1) / 2) + sorted.at(sorted.size() / 2)) / 2;
}

StepTimes measure_steps(int count, int warm_up, const StepParts& parts, const std::function<double()>& now) {
  const auto seconds_of = [&](const auto&... actions) {
    const double begin = now();
    (actions(), ...);
    return now() - begin;
  };
  StepTimes times;
  for (int i = 0; i < count; ++i) {
    const double waited = seconds_of(parts.load);
    parts.meet();
    const double taken = seconds_of(parts.take, parts.finish);
    if (i < std::min(warm_up, count - 1)) continue;
    times.seconds.push_back(taken);
    times.waiting_for_data += waited;
  }
  return times;
}

}  // namespace pbn::worker
