// A step whose loss or gradient is NaN or infinite: where that came from.
#pragma once

#include <span>
#include <string>

#include "data/pose_file/pose_set.h"
#include "worker/communication/communicator.h"
#include "worker/training/training_step.h"

namespace pbn {

// "the loss is nan; on rank 1, whose people are train.h5: 12 (a.jpg), 40 (b.jpg)", the same on every rank. Each rank
// works off its micro-batches again, by itself, to find out which are not finite; the flat gradient and the running
// statistics are spoilt afterwards. Every rank calls it with the share of that step.
std::string describe_non_finite_step(const StepReport& report, TrainingStep& step, std::span<const Batch> share,
                                     std::int64_t global_people, const PoseSet& people, Communicator& ranks);

}  // namespace pbn
