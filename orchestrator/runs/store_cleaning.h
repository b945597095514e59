// Finds what can be removed from a store: checkpoints of completed runs, temporary files of killed writers, and runs
// and programs that no sweep names (orphans). A running run is never touched; other unfinished runs are removed only as
// orphans.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/runs/run_store.h"

namespace pbn::runs {

struct Removable {
  enum class Kind {
    checkpoints,  // ckpt/ of a completed run
    temporary,    // a temporary path not written to for an hour
    orphan,       // the folder of a run that no sweep names
    program,      // the copies of a program that no sweep names (program_copy.h)
  };
  Kind kind;
  std::filesystem::path path;
  std::uint64_t bytes = 0;  // on the disk
  std::filesystem::file_time_type written;
};

struct StoreContent {
  std::uint64_t bytes = 0;           // of everything in runs/ and sweeps/
  std::vector<Removable> removable;  // oldest first
};

StoreContent scan_store(const RunStore& store);

// Adds to `chosen` the oldest checkpoints, as few as are needed for the store to have at most `bytes` after everything
// chosen is removed; all checkpoints if that is not enough.
std::vector<Removable> choose_to_fit(std::uint64_t bytes, const StoreContent& content, std::vector<Removable> chosen);

// False if its run is running by now, or if it was removed already. Throws environment errors.
bool remove(const RunStore& store, const Removable& removable);

}  // namespace pbn::runs
