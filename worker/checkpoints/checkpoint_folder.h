// The checkpoints of a run: DIR/ckpt/EPOCH-STEP.safetensors. Only one process at a time may write into a run's folder.
#pragma once

#include <string>

#include "worker/checkpoints/checkpoint.h"

namespace pbn::worker {

// Writes a checkpoint and then removes all but the newest `keep` and the one after the best validation so far. Throws
// environment errors, before it has removed any.
void save_checkpoint(const std::filesystem::path& folder, const Json& identity, const Checkpoint& checkpoint, int keep);

struct FoundCheckpoint {
  std::optional<Checkpoint> checkpoint;  // the newest usable one
  std::vector<std::string> damaged;      // newer ones that cannot be used, with the reasons
};

// Throws a usage error if the folder contains a checkpoint of another run.
FoundCheckpoint newest_checkpoint(const std::filesystem::path& folder, const Json& identity,
                                  const CheckpointShape& shape);

// The file name of the newest checkpoint; empty if there is none.
std::string newest_checkpoint_name(const std::filesystem::path& folder);

// Removes incomplete files of killed writers from DIR and DIR/ckpt.
void remove_unfinished_files(const std::filesystem::path& folder);

}  // namespace pbn::worker
