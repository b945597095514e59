// Trains a run: epochs of steps, validations and checkpoints.
#pragma once

#include <deque>
#include <vector>

#include "base/time.h"
#include "model/weights/weights_file.h"
#include "worker/checkpoints/checkpoint_writer.h"
#include "worker/training/metrics_log.h"
#include "worker/training/run_lease.h"
#include "worker/training/run_setup.h"
#include "worker/training/training_step.h"
#include "worker/watchdog/activity_board.h"

namespace pbn::worker {

enum class TrainingEnd { finished, stopped };

// What the trainer works with. All of it must outlive the trainer.
struct TrainingContext {
  const Device& device;
  Communicator& ranks;
  Communicator& statistics;  // see TrainingStep
  MetricsLog& log;
  ActivityBoard& activity;
  const RunLease* lease;  // null on all ranks but rank 0
};

class Trainer {
 public:
  Trainer(const RunSetup& setup, const TrainingContext& context);

  // Loads the weights of train.init, if given, and then the newest undamaged checkpoint of this run, if there is one.
  // Every rank calls it. Throws Errors.
  void resume();

  // Trains to the last epoch, or until a stop request (stop_request.h) on any rank, for which it saves a checkpoint.
  // Every rank calls it. Throws a SharedError if loss or gradient are not finite (train.on_nan) or if the checkpoint of
  // a stop request cannot be written; a failure to write any other checkpoint is a warning.
  TrainingEnd train();

  // Predictions of the validation people by the network in its current state.
  evaluation::Predictions predict_validation();

  // The transfer from train.init; empty without it.
  const std::optional<model::WeightTransfer>& init() const { return init_; }

  model::Network& network() { return step_.network(); }
  const Position& position() const { return position_; }
  double images_per_second() const;  // of all ranks while training in this attempt

 private:
  // A step whose report has not arrived (TrainingStep::take()).
  struct StepUnderway {
    std::vector<data::Batch> share;
    std::int64_t people;
  };

  TrainingEnd train_epoch();
  int train_step(StepUnderway step, double rate, int request);
  int finish_steps();
  int account_for(const std::vector<StepReport>& reports);
  void skip_step(const StepReport& report, const StepUnderway& step);
  void finish_epoch(double seconds);
  double flop_per_image() const;
  double peak_flops() const;  // of all ranks
  void average_statistics();
  void validate();
  void save();
  void save_before_stop();
  void report_failed_checkpoints();
  void load_initial_weights();

  const RunSetup& setup_;
  const Device& device_;
  Communicator& ranks_;
  MetricsLog& log_;
  ActivityBoard& activity_;
  const RunLease* lease_;
  TrainingStep step_;
  std::optional<model::WeightTransfer> init_;
  std::deque<StepUnderway> underway_;
  Position position_;             // after the steps whose reports have arrived
  CheckpointWriter writer_;       // of rank 0
  double longest_save_ = 0;       // longest wait in seconds of a step of this epoch for a checkpoint
  at::Tensor statistics_before_;  // running statistics before a step, with train.on_nan: skip
  Stopwatch since_save_;
  double seconds_waiting_for_data_ = 0, seconds_waiting_for_ranks_ = 0;  // in this epoch
  double seconds_waiting_for_checkpoints_ = 0;                           // in this epoch
  double gradient_norms_ = 0;         // sum over the steps of this epoch in this attempt
  std::int64_t steps_ = 0;            // the number of these steps
  std::int64_t images_ = 0;           // of this attempt
  std::int64_t images_of_epoch_ = 0;  // of this attempt's last epoch
  double seconds_ = 0;                // of training in this attempt
};

}  // namespace pbn::worker
