// The error about a folder that belongs to another run.
#pragma once

#include <filesystem>

#include "base/error.h"
#include "base/json.h"

namespace pbn::worker {

// A usage error that names every setting in which the identities of the two runs (config/identity.h) differ. `content`:
// what the folder contains, such as "checkpoints".
Error other_run(const std::filesystem::path& folder, const char* content, const Json& there, const Json& here);

}  // namespace pbn::worker
