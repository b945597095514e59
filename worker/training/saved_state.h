// The state of a training step to and from a checkpoint.
#pragma once

#include "worker/checkpoints/checkpoint.h"
#include "worker/communication/communicator.h"
#include "worker/training/training_step.h"

namespace pbn::worker {

// Views of the step's tensors; only the statistics are copies, gathered from all ranks. Every rank calls it.
Checkpoint state_of(TrainingStep& step, const Position& position, Communicator& ranks);

CheckpointShape checkpoint_shape(TrainingStep& step);

// Restores everything except the position. With as many ranks as at the checkpoint each rank gets its own statistics,
// with any other number the mean over all ranks. Both are the same if BatchNorm is synchronised, or if there are fewer
// ranks with correspondingly more micro-batches.
void restore(const Checkpoint& checkpoint, TrainingStep& step, const Communicator& ranks);

}  // namespace pbn::worker
