// The state of a training in one file, from which it continues with the same bits as without an interruption.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/json.h"

namespace pbn::worker {

// How far training has come.
struct Position {
  int epoch = 1;                     // the current epoch, 1-based
  std::int64_t step = 0;             // finished global batches of this epoch
  double loss_so_far = 0;            // of this epoch: sum over its people
  double zero_loss_so_far = 0;       // the same for an output of zero
  std::int64_t skipped_people = 0;   // of this epoch: people in neither sum (train.on_nan: skip)
  std::vector<double> epoch_losses;  // (epoch - 1) mean training losses of the finished epochs
  int best_epoch = 0;                // epoch of the best validation so far; 0: none
  double best_figure = 0;            // its headline figure
  double seconds = 0;                // of training, over all attempts
  int attempts = 1;                  // including this one
};

// The state of a running average of the weights (training/weight_average.h).
struct AverageState {
  at::Tensor parameters;  // in the order of the network's flat parameters
  at::Tensor statistics;  // averages of BatchNorm's running statistics, which belong to the averaged weights
  std::int64_t updates = 0;
};

// The state of all ranks. `statistics` (ranks, B) are the running statistics of BatchNorm on every rank, also in the
// average.
struct Checkpoint {
  Position position;
  at::Tensor parameters, mean_square, statistics;
  std::optional<AverageState> average = {};  // with train.average

  // A deep copy in host memory. `reuse`: an older copy of the same shapes, whose memory is reused.
  Checkpoint copy(std::optional<Checkpoint> reuse = {}) const;
};

// The sizes of a run's checkpoints.
struct CheckpointShape {
  std::int64_t parameters = 0, statistics = 0;  // P and B
  bool has_average = false;
};

// Writes a safetensors file, atomic and synced. Its metadata: the run's identity, the position, and "sha256" of all
// names, shapes, values and the other metadata.
void write_checkpoint(const std::filesystem::path& file, const Json& identity, const Checkpoint& checkpoint);

// Throws a data error unless the SHA-256 is correct and the checkpoint has this shape, finite values and a possible
// position; a usage error that names the differing settings if it belongs to another run.
Checkpoint read_checkpoint(const std::filesystem::path& file, const Json& identity, const CheckpointShape& shape);

}  // namespace pbn::worker
