// The whole run: epochs of steps, validations, checkpoints, and the result.
#pragma once

#include "model/weights_file.h"
#include "worker/training/checkpoint.h"
#include "worker/training/metrics_log.h"
#include "worker/training/run_setup.h"
#include "worker/training/training_step.h"

namespace pbn {

enum class Ending { finished, saved_for_later };

class Trainer {
 public:
  // The two communicators as in TrainingStep.
  Trainer(const RunSetup& setup, const Device& device, Communicator& ranks, Communicator& statistics, MetricsLog& log);

  // Every rank takes the weights of train.init, if there are such, and then the newest checkpoint of this run, if there
  // is one.
  void resume();

  // Trains to the last epoch, or until a stop request (stop_request.h) on any rank. Every rank calls it.
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
  void finish_epoch(double seconds);
  void average_statistics();
  void validate();
  void save();
  void start_from_given_weights();

  const RunSetup& setup_;
  const Device& device_;
  Communicator& ranks_;
  MetricsLog& log_;
  TrainingStep step_;
  std::optional<TakenOver> init_;
  Position position_;
  std::chrono::steady_clock::time_point last_save_ = std::chrono::steady_clock::now();
  double seconds_waiting_for_data_ = 0, seconds_waiting_for_ranks_ = 0;  // in this epoch
  double gradient_norms_ = 0;                                            // sum over this epoch's steps of this attempt
  std::int64_t steps_ = 0;                                               // these steps
  std::int64_t images_ = 0;                                              // trained on in this attempt
  double seconds_ = 0;                                                   // of training in this attempt
};

}  // namespace pbn
