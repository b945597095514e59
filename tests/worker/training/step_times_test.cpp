#include "worker/training/step_times.h"

#include <gmock/gmock.h>

namespace pbn::worker {
namespace {

using testing::ElementsAre;

// A device that computes for some seconds what the host has queued in one, on a clock that only these parts move.
class QueuedSteps {
 public:
  StepTimes measure(int count, int warm_up) {
    const StepParts parts{.load = [&] { now_ += 100; },
                          .meet = [&] { now_ += 1000; },
                          .take = [&] { now_ += 1; },
                          .finish = [&] { now_ += seconds_of_device_[steps_++]; }};
    return measure_steps(count, warm_up, parts, [&] { return now_; });
  }

 private:
  double now_ = 0;
  const std::vector<double> seconds_of_device_{50, 4, 2, 6, 3};  // the first is the slowest
  std::size_t steps_ = 0;
};

TEST(StepTimes, CountTheDevicesWorkButNeitherDataNorOtherRanks) {
  const StepTimes times = QueuedSteps().measure(3, 0);
  EXPECT_THAT(times.seconds, ElementsAre(51, 5, 3));
  EXPECT_EQ(times.waiting_for_data, 300);
  EXPECT_EQ(times.median(), 5);
}

TEST(StepTimes, LeaveTheWarmUpOut) {
  const StepTimes times = QueuedSteps().measure(5, 1);
  EXPECT_THAT(times.seconds, ElementsAre(5, 3, 7, 4));
  EXPECT_EQ(times.waiting_for_data, 400);
  EXPECT_EQ(times.median(), 4.5) << "the middle of an even number";
}

TEST(StepTimes, AreThoseOfTheLastStepWhereAllWouldBeAWarmUp) {
  EXPECT_THAT(QueuedSteps().measure(2, 4).seconds, ElementsAre(5));
  EXPECT_THAT(QueuedSteps().measure(1, 4).seconds, ElementsAre(51));
}

}  // namespace
}  // namespace pbn::worker
