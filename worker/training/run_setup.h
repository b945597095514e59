// From options to everything that a run starts with.
#pragma once

#include <filesystem>

#include "config/run_config.h"
#include "data/loading/batch_loader.h"
#include "worker/worker_options.h"

namespace pbn {

struct RunSetup {
  std::filesystem::path folder;
  RunConfig config;
  Json settled;    // the configuration in full
  Json identity;   // what makes this run this run
  std::string id;  // run_id(identity)
  PoseSet train, validation;
  std::vector<std::string> advice = {};  // about settings as they were given, unless pbn prepared them and has said it
};

// The settings with all defaults, for as many ranks as were started. Throws usage errors.
Json resolved_settings(const WorkerOptions& options, int ranks);

// Opens the data, resolves and checks the settings against it and against the number of ranks. The run's skeleton is
// the validation file's; training files of another one are mapped to it (data/pose_file/pose_set.h). Throws Errors.
RunSetup set_up_run(const WorkerOptions& options, int ranks, bool bf16_is_fast);

}  // namespace pbn
