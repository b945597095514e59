// Where a run stands, on disk, so that it can go on from there and end with the same bits as if it had never stopped.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "worker/training/weight_average.h"

namespace pbn {

// How far training has come.
struct Position {
  int epoch = 1;                     // in which it is, 1-based
  std::int64_t step = 0;             // global batches of this epoch that are done
  double loss_so_far = 0;            // of this epoch: sum over its people
  double zero_loss_so_far = 0;       // the same for the zero output
  std::vector<double> epoch_losses;  // (epoch - 1) mean training loss of the epochs that are complete
  double seconds = 0;                // of training, over all attempts
  int attempts = 1;                  // starts of the worker, this one included
};

// Stored whole, not divided over the ranks. The statistics are BatchNorm's running ones of every rank (ranks, B), those
// of the average too.
struct Checkpoint {
  Position position;
  at::Tensor parameters, mean_square, statistics;
  std::optional<AverageState> average = {};  // where there is one
};

// What a run's checkpoints hold.
struct CheckpointShape {
  std::int64_t parameters = 0, statistics = 0;  // P and B
  bool has_average = false;
};

// Writes DIR/ckpt/EPOCH-STEP.safetensors and removes all but the newest two. One rank calls it.
void save_checkpoint(const std::filesystem::path& folder, const std::string& run_id, const Checkpoint& checkpoint);

// The newest checkpoint of this run that is whole, finite and of this shape; a damaged one is reported and passed over.
// Throws a usage error when the folder holds another run's.
std::optional<Checkpoint> newest_checkpoint(const std::filesystem::path& folder, const std::string& run_id,
                                            const CheckpointShape& shape);

}  // namespace pbn
