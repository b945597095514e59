#include "worker/training/saved_state.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace pbn::worker {
namespace {

// The vectors of all ranks: (ranks, length).
at::Tensor of_every_rank(const at::Tensor& own, Communicator& ranks) {
  at::Tensor all = at::zeros({ranks.size(), own.numel()}, own.options());
  all[ranks.rank()].copy_(own);
  ranks.sum(all);
  return all;
}

at::Tensor of_this_rank(const at::Tensor& all, const Communicator& ranks) {
  return all.size(0) == ranks.size() ? all[ranks.rank()] : all.to(at::kDouble).mean(0);
}

}  // namespace

Checkpoint state_of(TrainingStep& step, const Position& position, Communicator& ranks) {
  model::Network& network = step.network();
  Checkpoint checkpoint{position, network.without_gaps(network.flat_parameters()),
                        network.without_gaps(step.optimiser().mean_square()),
                        of_every_rank(network.flat_buffers(), ranks)};
  if (step.average()) {
    const AverageState& average = step.average()->state();
    checkpoint.average = {network.without_gaps(average.parameters), of_every_rank(average.statistics, ranks),
                          average.updates};
  }
  return checkpoint;
}

CheckpointShape checkpoint_shape(TrainingStep& step) {
  return {config::count_parameters(step.network().spec()), step.network().flat_buffers().numel(),
          step.average().has_value()};
}

void restore(const Checkpoint& checkpoint, TrainingStep& step, const Communicator& ranks) {
  const at::NoGradGuard no_gradient;
  model::Network& network = step.network();
  network.flat_parameters().copy_(network.with_gaps(checkpoint.parameters));
  step.optimiser().mean_square().copy_(network.with_gaps(checkpoint.mean_square));
  network.flat_buffers().copy_(of_this_rank(checkpoint.statistics, ranks));
  if (!step.average()) return;
  AverageState& average = step.average()->state();
  average.parameters.copy_(network.with_gaps(checkpoint.average->parameters));
  average.statistics.copy_(of_this_rank(checkpoint.average->statistics, ranks));
  average.updates = checkpoint.average->updates;
}

}  // namespace pbn::worker
