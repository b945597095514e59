// Sums the gradient over the ranks in slices while backward still computes the rest, like PyTorch's reducer (Li et al.,
// "PyTorch Distributed", VLDB 2020): contiguous slices of one flat gradient, filled from the end because backward
// reaches the last layers first, whose sums start in the same order on every rank.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "model/network.h"
#include "worker/communication/communicator.h"

namespace pbn::worker {

class GradientBuckets {
 public:
  // The first bucket is small (1 MiB), so that the sums start early; the others have `bucket_bytes`. Installs a hook on
  // every parameter; network and communicator must outlive the buckets. With Wire::bf16 every rank's gradient is
  // rounded to bfloat16 before it is summed (communicator.h), which halves the bytes between ranks. A single rank
  // rounds, too, so that the number of ranks does not change the experiment.
  GradientBuckets(model::Network& network, Communicator& ranks, std::int64_t bucket_bytes,
                  config::Wire wire = config::Wire::fp32);
  ~GradientBuckets();
  GradientBuckets(const GradientBuckets&) = delete;
  GradientBuckets& operator=(const GradientBuckets&) = delete;

  // To be called before the backward passes of a step, whose gradients add up: zeroes the gradient and marks all
  // buckets as incomplete. Sums over the ranks start in the last pass.
  void begin(int backward_passes = 1);

  // To be called after the backward passes: starts the sums that no hook has started, for example on a rank with an
  // empty share, and waits. The flat gradient is then the sum over all ranks. Returns the seconds of waiting.
  double finish();

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the hooks
};

}  // namespace pbn::worker
