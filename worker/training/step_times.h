// How long the steps of a training take, for `pbn_worker try`.
#pragma once

#include <functional>
#include <vector>

namespace pbn::worker {

// What one step consists of, in this order.
struct StepParts {
  std::function<void()> load;    // waits for this rank's data
  std::function<void()> meet;    // waits until all ranks have theirs
  std::function<void()> take;    // queues the step, or computes it
  std::function<void()> finish;  // waits until the device has computed it
};

// Of the steps after a warm-up, on this rank.
struct StepTimes {
  std::vector<double> seconds;  // of each, from when all ranks have their data to when the device has finished
  double waiting_for_data = 0;  // seconds of all together

  double median() const;
};

// Takes `count` steps, of which the first `warm_up` are not measured, but at least the last one is. `now` is a clock in
// seconds.
StepTimes measure_steps(int count, int warm_up, const StepParts& parts, const std::function<double()>& now);

}  // namespace pbn::worker
