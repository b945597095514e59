// What of a store can go: checkpoints of completed runs, files that killed writers left half-made, and runs that no
// sweep names. A run that is live is never touched, and one that is not completed only when it is in no sweep and
// orphans were asked for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/runs/run_store.h"

namespace pbn {

struct Removable {
  enum class Kind {
    checkpoints,  // ckpt/ of a completed run
    temporary,    // a temporary name that nobody has written to for an hour
    orphan,       // the folder of a run that no sweep names
  };
  Kind kind;
  std::filesystem::path path;
  std::uint64_t bytes = 0;  // on the disk
  std::filesystem::file_time_type written;
};

struct StoreContent {
  std::uint64_t bytes = 0;           // of all that is in runs/ and sweeps/
  std::vector<Removable> removable;  // the oldest first
};

StoreContent look_through(const RunStore& store);

// Of the content's checkpoints the oldest, as few as make the store fit into `bytes` with everything else in `chosen`
// gone; all of them where that is not enough.
std::vector<Removable> needed_to_keep_within(std::uint64_t bytes, const StoreContent& content,
                                             std::vector<Removable> chosen);

// False when it has come to life meanwhile, or is gone. Throws environment errors.
bool remove(const RunStore& store, const Removable& removable);

}  // namespace pbn
