// Which of many runs the store knows at all.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/runs/run_store.h"

namespace pbn {

// Whether each of these runs has a folder. Of many runs the folders are listed and not asked for one by one, which a
// shared file system would answer slowly: 256 requests instead of 100,000. Empty ids have none.
std::vector<bool> have_folders(const RunStore& store, const std::vector<std::string>& runs);

}  // namespace pbn
