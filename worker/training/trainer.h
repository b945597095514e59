// The whole run: epochs of steps, validations, checkpoints, and the result.
#pragma once

#include "model/weights/weights_file.h"
#include "worker/checkpoints/checkpoint_writer.h"
#include "worker/training/metrics_log.h"
#include "worker/training/run_lease.h"
#include "worker/training/run_setup.h"
#include "worker/training/training_step.h"
#include "worker/watchdog/activity_board.h"

namespace pbn {

enum class Ending { finished, saved_for_later };

// What a training works with. All of it outlives the trainer.
struct TrainerParts {
  const Device& device;
  Communicator& ranks;
  Communicator& statistics;  // as in TrainingStep
  MetricsLog& log;
  ActivityBoard& activity;
  const RunLease* lease;  // of rank 0, else null
};

class Trainer {
 public:
  Trainer(const RunSetup& setup, const TrainerParts& parts);

  // Every rank takes the weights of train.init, if there are such, and then the newest checkpoint of this run that is
  // whole, if there is one. Throws Errors.
  void resume();

  // Trains to the last epoch, or until a stop request (stop_request.h) on any rank. Every rank calls it. Throws a
  // SharedError when loss or gradient are not finite (train.on_nan), or when what it shall save for later cannot be
  // written; any other checkpoint that cannot be written is a warning.
  Ending train();

  // Predictions of the validation people by the network as it stands.
  Predictions predict_validation();

  // What became of train.init; empty without it.
  const std::optional<TakenOver>& init() const { return init_; }

  Network& network() { return step_.network(); }
  const Position& position() const { return position_; }
  double images_per_second() const;  // of training in this attempt, over all ranks

 private:
  enum class EpochEnding { complete, stopped };

  EpochEnding train_epoch();
  int train_step(std::span<const Batch> share, std::int64_t people, double rate, int request);
  void pass_over(const StepReport& report, std::span<const Batch> share, std::int64_t people);
  void finish_epoch(double seconds);
  double flop_per_image() const;
  double peak_flops() const;  // of all ranks
  void average_statistics();
  void validate();
  void save();
  void save_for_later();
  void report_failed_checkpoints();
  void start_from_given_weights();

  const RunSetup& setup_;
  const Device& device_;
  Communicator& ranks_;
  MetricsLog& log_;
  ActivityBoard& activity_;
  const RunLease* lease_;
  TrainingStep step_;
  std::optional<TakenOver> init_;
  Position position_;
  CheckpointWriter writer_;       // of rank 0
  double longest_save_ = 0;       // seconds that a step of this epoch had to wait for a checkpoint
  at::Tensor statistics_before_;  // running ones before a step, where a step can be passed over
  std::chrono::steady_clock::time_point last_save_ = std::chrono::steady_clock::now();
  double seconds_waiting_for_data_ = 0, seconds_waiting_for_ranks_ = 0;  // in this epoch
  double gradient_norms_ = 0;                                            // sum over this epoch's steps of this attempt
  std::int64_t steps_ = 0;                                               // these steps
  std::int64_t images_ = 0;                                              // trained on in this attempt
  std::int64_t images_of_epoch_ = 0;                                     // in its last epoch
  double seconds_ = 0;                                                   // of training in this attempt
};

}  // namespace pbn
