// Training steps of a small network on random people, on ranks started by mpirun.
#pragma once

#include <memory>
#include <vector>

#include "worker/training/training_step.h"

namespace pbn::worker {

config::RunConfig small_network(config::Precision precision);

// The people [first, last) of an endless set of random images.
data::Batch people(std::int64_t first, std::int64_t last);
// One of `shares` of these people.
data::Batch share_of(std::int64_t first, std::int64_t last, int number, int shares);
data::Batch my_share(std::int64_t first, std::int64_t last);

// Takes a step on the first people for each of these numbers, and returns all reports.
std::vector<StepReport> take_steps(TrainingStep& step, const std::vector<std::int64_t>& numbers);

std::unique_ptr<Device> processor();

// A step on all ranks, and one on this rank alone, both on the CPU.
struct Parallel {
  explicit Parallel(const config::RunConfig& config, std::unique_ptr<Device> on = processor());

  std::unique_ptr<Device> device;
  std::unique_ptr<Communicator> gradients, statistics;
  TrainingStep step;
};
struct Single {
  explicit Single(const config::RunConfig& config)
      : device(processor()), gradients(alone()), statistics(alone()), step(config, *device, *gradients, *statistics) {}

  std::unique_ptr<Device> device;
  std::unique_ptr<Communicator> gradients, statistics;
  TrainingStep step;
};

}  // namespace pbn::worker
