// The gradient is summed over the ranks in slices, while backward still works on the rest.
// After PyTorch's reducer (Li et al., "PyTorch Distributed", VLDB 2020): contiguous slices of one flat gradient, filled
// from the end because backward reaches the last layers first, and started strictly in one order on every rank.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "model/network.h"
#include "worker/communication/communicator.h"

namespace pbn {

class GradientBuckets {
 public:
  // The first bucket to be ready is small (1 MiB), so that the sums begin early; the others have `bucket_bytes`.
  // Installs a hook on every parameter; network and communicator must outlive the buckets. With `wire` bfloat16 every
  // rank's gradient is rounded to it before it is summed (communicator.h), by which half as many bytes go between the
  // ranks; one rank alone rounds too, so that it is the same experiment.
  GradientBuckets(Network& network, Communicator& ranks, std::int64_t bucket_bytes, Wire wire = Wire::fp32);
  ~GradientBuckets();
  GradientBuckets(const GradientBuckets&) = delete;
  GradientBuckets& operator=(const GradientBuckets&) = delete;

  // Before the backward passes of a step, whose gradients add up: zeroes the gradient and forgets which parameters were
  // ready. Sums over the ranks begin in the last pass.
  void begin(int backward_passes = 1);

  // After them: starts what no hook has started, such as on a rank whose share of the batch is empty, and
  // waits. Afterwards the flat gradient is the sum over all ranks. Returns the seconds that it waited.
  double finish();

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the hooks
};

}  // namespace pbn
