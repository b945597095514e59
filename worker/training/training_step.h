// One step of data-parallel training: forward and backward on this rank's share, the sum over the ranks, the update of
// the weights.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "config/run_config.h"
#include "data/loading/batch_loader.h"
#include "model/network.h"
#include "worker/communication/communicator.h"
#include "worker/communication/gradient_buckets.h"
#include "worker/device/device.h"
#include "worker/training/rmsprop.h"
#include "worker/training/step_inputs.h"
#include "worker/training/weight_average.h"

namespace pbn::worker {

// Figures of the whole global batch, the same on every rank.
struct StepReport {
  double loss = 0;              // summed over stacks
  double zero_output_loss = 0;  // the loss of a network whose output is zero
  double gradient_norm = 0;     // of the gradient of `loss`
  int requests = 0;             // sum of the ranks' `request`
  double seconds_waiting = 0;   // of this rank for the others' gradients; 0 if the device waits, not the host
  std::string warning{};        // for the user
};

bool is_finite(const StepReport& report);

class TrainingStep {
 public:
  // `gradients` and `statistics` connect the same ranks but must be two objects: synchronised BatchNorm sums its
  // statistics while sums of the gradient are in progress.
  TrainingStep(const config::RunConfig& config, const Device& device, Communicator& gradients,
               Communicator& statistics);
  ~TrainingStep();
  TrainingStep(const TrainingStep&) = delete;
  TrainingStep& operator=(const TrainingStep&) = delete;

  // Computes the gradient and, if it and the loss are finite, updates the weights. With run.graph the device records
  // the fourth step with a full batch in one micro-batch and replays it from then on, with the same bits. If any rank
  // fails to record it, training continues without recording, and the report has a warning. Every rank must call it,
  // even with an empty share. `request` is any number that is summed over the ranks.
  StepReport take(std::span<const data::Batch> micro_batches, std::int64_t global_people, double learning_rate,
                  int request = 0);

  // Computes the network's flat gradient: that of the mean loss over the global batch of `global_people`, on every
  // rank. Every rank must call it, like take().
  //
  // Micro-batches are computed one after the other, with the results of as many ranks: each has BatchNorm statistics of
  // its own and updates a copy of the running ones from before the step; the mean of the copies replaces them.
  StepReport compute_gradient(std::span<const data::Batch> micro_batches, std::int64_t global_people, int request = 0);
  StepReport compute_gradient(const data::Batch& share, std::int64_t global_people, int request = 0) {
    return compute_gradient(std::span(&share, 1), global_people, request);
  }

  void update(double learning_rate);

  // Whether the loss and the gradient of this micro-batch alone are finite, from another pass that is not summed over
  // the ranks and that overwrites the flat gradient. Every rank must call it equally often, for synchronised BatchNorm.
  bool is_finite_alone(const data::Batch& micro_batch, std::int64_t global_people);

  model::Network& network() { return network_; }
  RmsProp& optimiser() { return optimiser_; }
  std::optional<WeightAverage>& average() { return average_; }  // with train.average

 private:
  struct Recorded;

  void record(const StepInputs& inputs);
  StepReport take_recorded(const StepInputs& inputs, double learning_rate, int request);
  void compute_recorded_step();
  StepInputs inputs_of(const data::Batch& batch, const at::Device& device) const;
  void add_gradient(const StepInputs& inputs, std::int64_t global_people, const at::Tensor& losses);
  double wait_for_sums();
  at::Tensor summed(const at::Tensor& report);

  double sigma_;
  at::Tensor tasks_;  // (K) the joint of a batch for each heat map
  const Device& device_;
  Communicator& ranks_;
  model::Network network_;
  GradientBuckets buckets_;
  RmsProp optimiser_;
  std::optional<WeightAverage> average_;
  std::int64_t global_batch_;
  bool records_;
  int regular_steps_ = 0;
  std::unique_ptr<Recorded> recorded_;
  std::string warning_;  // for the next report
};

}  // namespace pbn::worker
