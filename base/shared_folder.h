// Folders used by several processes, users and machines at the same time.
#pragma once

#include <filesystem>
#include <optional>

#include "base/descriptor.h"

namespace pbn {

// Checks that the file system supports publish_once (base/files.h) by publishing and deleting a file, before a run
// trains for days. This takes some milliseconds. Throws an environment error with the reason if it does not.
void require_publishing(const std::filesystem::path& folder);

// A file locked by this process (flock(2)) against all others of the machine, and against those of other machines if
// the file system supports it. A child that inherits the descriptor holds the lock too, even after this process has
// ended.
class FileLock {
 public:
  // Create the file if necessary. try_to_take returns nothing if another process holds the lock. Throw an environment
  // error if the file cannot be opened, for example because another user created it and others may not write.
  static std::optional<FileLock> try_to_take(const std::filesystem::path& file);
  static FileLock wait_for(const std::filesystem::path& file);

  int descriptor() const { return descriptor_.number(); }  // for reading and writing
  bool is_enforced() const { return is_enforced_; }        // false: the file system has no locks

 private:
  explicit FileLock(const std::filesystem::path& file);  // opens the file, but does not lock it

  Descriptor descriptor_;  // closed without LOCK_UN, which would take the lock from a child too
  bool is_enforced_ = false;
};

}  // namespace pbn
