// Between a training that is under way and its checkpoint.
#pragma once

#include "worker/checkpoints/checkpoint.h"
#include "worker/communication/communicator.h"
#include "worker/training/training_step.h"

namespace pbn {

// Views of the step's own tensors, but for the statistics, which are gathered: every rank calls it.
Checkpoint state_of(TrainingStep& step, const Position& position, Communicator& ranks);

CheckpointShape checkpoint_shape(TrainingStep& step);

// Everything but the position. With as many ranks as it was saved by, each takes its own statistics; with others, the
// mean of all: that is the same where BatchNorm is synchronised, and where so many fewer ranks have more micro-batches.
void restore(const Checkpoint& checkpoint, TrainingStep& step, const Communicator& ranks);

}  // namespace pbn
