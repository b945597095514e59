// The copies of external workers' programs that runs are made with (orchestrator/grid/program_files.h).
//
//   STORE/sweeps/programs/ab12cd34ef56/   by the first digits of the digest
//     files.json                          {"digest", "files": {"train.py": SHA-256, ...}}
//     copy/                               the files, unless every grid says copy: false
//   RUN/program/                          the files again, where the run's worker starts
//
// A sweep's program is kept when the sweep is started. Its runs have it, whenever and wherever they are made.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "orchestrator/grid/grid.h"
#include "orchestrator/runs/run_store.h"

namespace pbn::runs {

// Does nothing if the worker's program is kept, or if its grid lists no files. Throws a data error if a file has
// changed since the grid was read.
void keep_program(const grid::Worker& worker, const RunStore& store);

// The program with this digest and its files, if the store has them. `folder` is that of the program when its sweep was
// started.
grid::ProgramFiles kept_program(const RunStore& store, const std::string& digest, const std::filesystem::path& folder);

// Prepares the start of a run's worker by config.json's "worker": {"files", "folder", "copy"}, and returns the folder
// in which it starts: RUN/program, whose files become those of the program again, while others stay; or nothing, for
// the folder of this process. Throws data errors if the files have changed and are not to be copied, or the store's
// copies are missing or damaged.
std::filesystem::path prepare_program(const Json& config, const std::filesystem::path& programs,
                                      const std::filesystem::path& run_folder);

}  // namespace pbn::runs
