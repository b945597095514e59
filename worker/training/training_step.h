// One step of data-parallel training: forward and backward on this rank's share, the sum over the ranks, the update of
// the weights.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/run_config.h"
#include "data/loading/batch_loader.h"
#include "model/network.h"
#include "worker/communication/communicator.h"
#include "worker/communication/gradient_buckets.h"
#include "worker/communication/host_copy.h"
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
  // Of this rank for the others' gradients; 0 if the device waits, not the host. Through host memory
  // (staged_communicator.h) also for its own GPU.
  double seconds_waiting = 0;
  std::string warning{};  // for the user
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

  // Computes the gradient and, if it and the loss are finite, updates the weights. Every rank must call it, even with
  // an empty share. `request` is any number that is summed over the ranks.
  //
  // Returns the reports that are ready, in the order of the steps: that of this step or, if the device reads late
  // (device.h), that of the step before, so that the device need not wait for the host between two steps. With
  // train.on_nan: skip no report is late. After a step that is not finite whose report is late, further steps leave the
  // weights as they are.
  //
  // With run.graph the device records the fourth step with a full batch in one micro-batch and replays it from then on,
  // with the same bits. If any rank cannot record it, training continues without recording, and the report has a
  // warning.
  std::vector<StepReport> take(std::span<const data::Batch> micro_batches, std::int64_t global_people,
                               double learning_rate, int request = 0);
  // Waits for the steps whose reports take() has not returned. To be called before anything else uses the weights.
  std::vector<StepReport> finish() { return reports_but(0); }

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

  // The figures of a step on the device, not yet read.
  struct Outcome {
    at::Tensor figures;  // (4) {loss, loss of a zero output, requests, norm of the gradient}
    double seconds_waiting = 0;
  };
  struct UnreadStep {
    HostCopy figures;
    double seconds_waiting;
    std::string warning;
  };

  std::vector<StepReport> reports_but(std::size_t unread);
  Recorded* recording_for(std::span<const data::Batch> micro_batches, std::int64_t global_people);
  void record(const StepInputs& inputs);
  std::string try_to_record(const StepInputs& inputs);
  Outcome replay(const data::Batch& batch, double learning_rate, int request);
  void compute_recorded_step();
  Outcome sum_of_gradients(std::span<const data::Batch> micro_batches, std::int64_t global_people, int request);
  void update_if_finite(const at::Tensor& figures, const at::Tensor& learning_rate);
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
  bool reads_late_;
  at::Tensor so_far_;  // if reports are late: 0, or NaN after a step that is not finite
  std::deque<UnreadStep> unread_;
  bool records_;
  int regular_steps_ = 0;
  std::unique_ptr<Recorded> recorded_;  // its work must not outlive the communicators
  std::string warning_;                 // for the next report
};

}  // namespace pbn::worker
