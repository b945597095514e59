// Writes checkpoints while training continues.
#pragma once

#include <future>

#include "worker/checkpoints/checkpoint_folder.h"

namespace pbn::worker {

// Training waits only for a copy in memory; a background thread computes the digest and writes and syncs the file. The
// memory of the copy, as large as the checkpoint, is kept.
class CheckpointWriter {
 public:
  CheckpointWriter(std::filesystem::path folder, Json identity, int keep);
  ~CheckpointWriter();  // waits for the current checkpoint
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;

  // Allocates the memory of the copy, so that the first checkpoint takes no longer than the others.
  void prepare(const Checkpoint& state);

  // Waits for the previous checkpoint, copies the state and returns.
  void start(const Checkpoint& state);
  bool is_busy() const;
  void finish();  // waits for the current checkpoint

  // Reasons why checkpoints that finished since the last call could not be written.
  std::vector<std::string> failures();

 private:
  std::filesystem::path folder_;
  Json identity_;
  int keep_;
  std::optional<Checkpoint> copy_;  // used by the background thread while it is busy
  std::future<void> writing_;
  std::vector<std::string> failures_;
};

}  // namespace pbn::worker
