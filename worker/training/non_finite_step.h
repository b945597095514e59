// The origin of a NaN or infinite loss or gradient of a step.
#pragma once

#include <span>
#include <string>

#include "data/pose_file/pose_set.h"
#include "worker/communication/communicator.h"
#include "worker/training/training_step.h"

namespace pbn::worker {

// "the loss is nan; on rank 1, whose people are train.h5: 12 (a.jpg), 40 (b.jpg)", the same on every rank. Each rank
// repeats its micro-batches one by one to find those that are not finite, which overwrites the flat gradient and the
// running statistics. Every rank calls it with its share of that step.
std::string describe_non_finite_step(const StepReport& report, TrainingStep& step, std::span<const data::Batch> share,
                                     std::int64_t global_people, const data::PoseSet& people, Communicator& ranks);

}  // namespace pbn::worker
