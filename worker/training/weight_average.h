// The running average of the weights over the steps of training (Polyak averaging with exponential decay). With
// train.average it is validated and stored instead of the last weights.
#pragma once

#include <optional>

#include "model/network.h"
#include "worker/checkpoints/checkpoint.h"

namespace pbn::worker {

class WeightAverage {
 public:
  // Starts with the network's weights. The network must outlive it.
  WeightAverage(model::Network& network, double decay);

  // After a step: average <- d average + (1 - d) weights. After t updates d is (1 + t) / (10 + t), at most `decay`, so
  // that even runs much shorter than 1 / (1 - decay) steps forget the initial weights.
  void update();

  // Swaps the network's weights and the average.
  void exchange();

  AverageState& state() { return state_; }  // to save and restore; the statistics are those of this rank

 private:
  model::Network& network_;
  double decay_;
  AverageState state_;
};

// While it exists, the network has the averaged weights, if there is an average.
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

}  // namespace pbn::worker
