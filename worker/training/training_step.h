// One step of data-parallel training: forward and backward on this rank's share, the sum over the ranks, the update.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "config/run_config.h"
#include "data/batch_loader.h"
#include "model/network.h"
#include "worker/communication/communicator.h"
#include "worker/communication/gradient_buckets.h"
#include "worker/device.h"
#include "worker/training/rmsprop.h"
#include "worker/training/weight_average.h"

namespace pbn {

// Of the whole global batch, the same on every rank.
struct StepReport {
  double loss = 0;              // summed over stacks
  double zero_output_loss = 0;  // what a network that answers zero everywhere would have
  double gradient_norm = 0;     // of the gradient of `loss`
  int requests = 0;             // sum of the ranks' `request`
  double seconds_waiting = 0;   // of this rank, for the others' gradients
};

class TrainingStep {
 public:
  // `gradients` and `statistics` reach the same ranks and must not be one object: synchronised BatchNorm asks for its
  // sums while those of the gradient are under way.
  TrainingStep(const RunConfig& config, const Device& device, Communicator& gradients, Communicator& statistics);

  // Afterwards the network's flat gradient is that of the mean loss over the global batch of `global_people`, on every
  // rank. Every rank must call it, also one whose share is empty. `request` is any number that the ranks shall add up.
  //
  // A share in micro-batches is worked off one after the other, as if by so many ranks: each has BatchNorm statistics
  // of its own, and moves the running ones from where they stood before the step; then these are the mean.
  StepReport compute_gradient(std::span<const Batch> micro_batches, std::int64_t global_people, int request = 0);
  StepReport compute_gradient(const Batch& share, std::int64_t global_people, int request = 0) {
    return compute_gradient(std::span(&share, 1), global_people, request);
  }

  void update(double learning_rate);

  // Whether loss and gradient's norm of this micro-batch by itself are finite, by another pass, which is not summed
  // over the ranks and leaves its gradient. Every rank calls it as often, for synchronised BatchNorm.
  bool is_finite_alone(const Batch& micro_batch, std::int64_t global_people);

  std::vector<double> bucket_bytes() const { return buckets_.bytes(); }

  Network& network() { return network_; }
  RmsProp& optimiser() { return optimiser_; }
  std::optional<WeightAverage>& average() { return average_; }  // with train.average

 private:
  void add_gradient(const Batch& batch, std::int64_t global_people, const at::Tensor& losses);

  double sigma_;
  at::Tensor tasks_;  // (parts) the joint of a batch that each heat map is of
  at::Device device_;
  Communicator& ranks_;
  Network network_;
  GradientBuckets buckets_;
  RmsProp optimiser_;
  std::optional<WeightAverage> average_;
};

// A batch's pixels as the network takes them.
at::Tensor network_input(const Batch& batch, const Network& network, const at::Device& device);

}  // namespace pbn
