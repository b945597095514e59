// Where a run stands, in one file, so that it can go on from there and end with the same bits as if it had never
// stopped.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/json.h"

namespace pbn {

// How far training has come.
struct Position {
  int epoch = 1;                     // in which it is, 1-based
  std::int64_t step = 0;             // global batches of this epoch that are done
  double loss_so_far = 0;            // of this epoch: sum over its people
  double zero_loss_so_far = 0;       // the same for the zero output
  std::int64_t skipped_people = 0;   // of this epoch: those in neither sum (train.on_nan: skip)
  std::vector<double> epoch_losses;  // (epoch - 1) mean training loss of the epochs that are complete
  int best_epoch = 0;                // of the best validation so far; 0: none
  double best_figure = 0;            // what it reached
  double seconds = 0;                // of training, over all attempts
  int attempts = 1;                  // starts of the worker, this one included
};

// All of a running average of the weights (training/weight_average.h).
struct AverageState {
  at::Tensor parameters;  // as the network's flat ones
  at::Tensor statistics;  // BatchNorm's running ones, averaged alike: they belong to the averaged weights
  std::int64_t updates = 0;
};

// Stored whole, not divided over the ranks. The statistics are BatchNorm's running ones of every rank (ranks, B), those
// of the average too.
struct Checkpoint {
  Position position;
  at::Tensor parameters, mean_square, statistics;
  std::optional<AverageState> average = {};  // where there is one

  // In host memory that nobody else changes. `reuse`: an older copy of the same shapes, whose memory is written anew.
  Checkpoint copy(std::optional<Checkpoint> reuse = {}) const;
};

// What a run's checkpoints hold.
struct CheckpointShape {
  std::int64_t parameters = 0, statistics = 0;  // P and B
  bool has_average = false;
};

// A safetensors file, whole or not there, synced. Its metadata: the run's identity, the position, and "sha256" over all
// names, shapes, bytes and the other metadata.
void write_checkpoint(const std::filesystem::path& file, const Json& identity, const Checkpoint& checkpoint);

// Throws a data error unless its SHA-256 is right and it is of this shape, finite, and at a possible place; a usage
// error that names the differing settings when it is another run's.
Checkpoint read_checkpoint(const std::filesystem::path& file, const Json& identity, const CheckpointShape& shape);

}  // namespace pbn
