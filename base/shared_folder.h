// Folders in which several processes, users and machines work at the same time.
#pragma once

#include <filesystem>
#include <optional>

#include "base/descriptor.h"

namespace pbn {

// Publishes a file in this folder (publish_once, base/files.h) and removes it, which takes some milliseconds, so that
// nobody trains for days first. Its names are as long as any of a run. Throws an environment error with the reason when
// the file system cannot do it.
void require_publishing(const std::filesystem::path& folder);

// A file that this process keeps locked (flock(2)) against all others of its machine, and against those of other
// machines where the file system tells them. A child that inherits the descriptor keeps it too, also after our end.
class FileLock {
 public:
  // Makes the file where there is none. Nothing while somebody else keeps it. Throws an environment error where it
  // cannot be opened, also where another user of the folder made it so that we may not write to it.
  static std::optional<FileLock> try_to_take(const std::filesystem::path& file);
  static FileLock wait_for(const std::filesystem::path& file);

  int descriptor() const { return descriptor_.number(); }  // to read and write
  bool is_enforced() const { return is_enforced_; }        // false where the file system has no locks

 private:
  explicit FileLock(const std::filesystem::path& file);  // open, not locked yet

  Descriptor descriptor_;  // closed without LOCK_UN, which would take the lock from a child, too
  bool is_enforced_ = false;
};

}  // namespace pbn
