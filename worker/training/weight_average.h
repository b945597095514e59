// The running average of the weights over the steps of training (Polyak averaging with exponential decay): what
// train.average validates and keeps instead of the last weights.
#pragma once

#include <optional>

#include "model/network.h"
#include "worker/checkpoints/checkpoint.h"

namespace pbn {

class WeightAverage {
 public:
  // Starts at the network's weights; the network must outlive it.
  WeightAverage(Network& network, double decay);

  // After a step: average <- d average + (1 - d) weights. d grows to `decay` as (1 + t) / (10 + t) over the t updates
  // so far, so that the initial weights are forgotten also by a run that is short against 1 / (1 - decay) steps.
  void update();

  // The network's weights and the average change places; twice is as if never.
  void exchange();

  AverageState& state() { return state_; }  // to save and to restore; the statistics are this rank's

 private:
  Network& network_;
  double decay_;
  AverageState state_;
};

// While it lives, the network has the averaged weights, where there are such.
class AveragedWeights {
 public:
  explicit AveragedWeights(std::optional<WeightAverage>& average) : average_(average) {
    if (average_) average_->exchange();
  }
  ~AveragedWeights() {
    if (average_) average_->exchange();
  }
  AveragedWeights(const AveragedWeights&) = delete;
  AveragedWeights& operator=(const AveragedWeights&) = delete;

 private:
  std::optional<WeightAverage>& average_;
};

}  // namespace pbn
