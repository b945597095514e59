// Folders in which several processes, users and machines work at the same time.
#pragma once

#include <filesystem>

#include "base/descriptor.h"

namespace pbn {

// Publishes a file in this folder (publish_once, base/files.h) and removes it, which takes some milliseconds, so that
// nobody trains for days first. Its names are as long as any of a run. Throws an environment error with the reason when
// the file system cannot do it.
void require_publishing(const std::filesystem::path& folder);

// The file, opened to read, write and lock, which is made where there is none. Throws an environment error,
// also where another user of the folder made it so that we may not write to it.
Descriptor open_lock_file(const std::filesystem::path& file);

}  // namespace pbn
