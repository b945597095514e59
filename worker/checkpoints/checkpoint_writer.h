// Checkpoints that are written while training goes on.
#pragma once

#include <future>

#include "worker/checkpoints/checkpoint_folder.h"

namespace pbn {

// Training waits only for a copy in memory; digest, disk and fsync are the background's. The copy is as large as the
// checkpoint and stays.
class CheckpointWriter {
 public:
  CheckpointWriter(std::filesystem::path folder, Json identity, int keep);
  ~CheckpointWriter();  // waits for the one under way
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;

  // Makes the memory of the copy, so that the first checkpoint takes no longer than the others.
  void prepare(const Checkpoint& state);

  // Waits for the one before, copies the state and returns.
  void start(const Checkpoint& state);
  bool is_busy() const;
  void finish();  // waits for the one under way

  // Why checkpoints since the last call could not be written: of those that are finished.
  std::vector<std::string> failures();

 private:
  std::filesystem::path folder_;
  Json identity_;
  int keep_;
  std::optional<Checkpoint> copy_;  // the background's while it is busy
  std::future<void> writing_;
  std::vector<std::string> failures_;
};

}  // namespace pbn
