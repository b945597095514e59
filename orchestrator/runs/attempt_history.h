// How the attempts at a run ended, for people.
#pragma once

#include <filesystem>
#include <string>

#include "base/json.h"
#include "orchestrator/runs/run_state.h"

namespace pbn {

// [{"attempt": "0001", what is in its meta.json, "exit": {its exit.json}, "how": "finished (exit code 0)"}], the oldest
// first. `how` is in words, also of one that runs or that never said how it ended; `facts` are the run's.
Json attempt_history(const std::filesystem::path& run_folder, const RunFacts& facts);

}  // namespace pbn
