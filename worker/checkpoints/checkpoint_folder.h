// The checkpoints of one run: DIR/ckpt/EPOCH-STEP.safetensors. Of a run's folder one process at a time is the writer.
#pragma once

#include <string>

#include "worker/checkpoints/checkpoint.h"

namespace pbn {

// Writes one and then removes all but the newest `keep` and the one that follows the best validation so far. Throws
// environment errors, and has removed nothing then.
void save_checkpoint(const std::filesystem::path& folder, const Json& identity, const Checkpoint& checkpoint, int keep);

struct FoundCheckpoint {
  std::optional<Checkpoint> checkpoint;  // the newest one of this run that is whole and can be used
  std::vector<std::string> damaged;      // newer ones that had to be passed over, and why
};

// Throws a usage error when the folder holds another run's.
FoundCheckpoint newest_checkpoint(const std::filesystem::path& folder, const Json& identity,
                                  const CheckpointShape& shape);

// The name of the newest one that is there; empty without any.
std::string newest_checkpoint_name(const std::filesystem::path& folder);

// What a killed writer left half-made, in DIR and DIR/ckpt.
void remove_unfinished_files(const std::filesystem::path& folder);

}  // namespace pbn
