// One step of data-parallel training: forward and backward on this rank's share, the sum over the ranks, the update.
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

namespace pbn {

// Of the whole global batch, the same on every rank.
struct StepReport {
  double loss = 0;              // summed over stacks
  double zero_output_loss = 0;  // what a network that answers zero everywhere would have
  double gradient_norm = 0;     // of the gradient of `loss`
  int requests = 0;             // sum of the ranks' `request`
  double seconds_waiting = 0;   // of this rank, for the others' gradients; 0 where its device waits by itself
  std::string warning{};        // what the user should know
};

bool is_finite(const StepReport& report);

class TrainingStep {
 public:
  // `gradients` and `statistics` reach the same ranks and must not be one object: synchronised BatchNorm asks for its
  // sums while those of the gradient are under way.
  TrainingStep(const RunConfig& config, const Device& device, Communicator& gradients, Communicator& statistics);
  ~TrainingStep();
  TrainingStep(const TrainingStep&) = delete;
  TrainingStep& operator=(const TrainingStep&) = delete;

  // A step: the gradient, and the update where it and the loss are finite. With run.graph the fourth step of a full
  // batch in one piece is recorded by the device, and carried out from there on; it has the same bits. Where recording
  // fails on any rank the steps go on without, and that one has a warning. Every rank must call it, also one whose
  // share is empty. `request` is any number that the ranks shall add up.
  StepReport take(std::span<const Batch> micro_batches, std::int64_t global_people, double learning_rate,
                  int request = 0);

  // Afterwards the network's flat gradient is that of the mean loss over the global batch of `global_people`, on every
  // rank. Every rank must call it, as take().
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

  Network& network() { return network_; }
  RmsProp& optimiser() { return optimiser_; }
  std::optional<WeightAverage>& average() { return average_; }  // with train.average

 private:
  struct Recorded;

  void record(const StepInputs& inputs);
  StepReport take_recorded(const StepInputs& inputs, double learning_rate, int request);
  void carry_out_recorded_step();
  StepInputs inputs_of(const Batch& batch, const at::Device& device) const;
  void add_gradient(const StepInputs& inputs, std::int64_t global_people, const at::Tensor& losses);
  double wait_for_sums();
  at::Tensor summed(const at::Tensor& report);

  double sigma_;
  at::Tensor tasks_;  // (parts) the joint of a batch that each heat map is of
  const Device& device_;
  Communicator& ranks_;
  Network network_;
  GradientBuckets buckets_;
  RmsProp optimiser_;
  std::optional<WeightAverage> average_;
  std::int64_t global_batch_;
  bool records_;
  int regular_steps_ = 0;
  std::unique_ptr<Recorded> recorded_;
  std::string warning_;  // for the next report
};

}  // namespace pbn
