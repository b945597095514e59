// A folder that holds another run than the one that was asked for.
#pragma once

#include <filesystem>

#include "base/error.h"
#include "base/json.h"

namespace pbn {

// The usage error that names every setting in which the two runs' identities (config/run_config.h) differ. `content`:
// what lies there, such as "checkpoints".
Error other_run(const std::filesystem::path& folder, const char* content, const Json& there, const Json& here);

}  // namespace pbn
