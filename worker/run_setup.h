// From options to everything that a run starts with.
#pragma once

#include <filesystem>

#include "config/run_config.h"
#include "data/batch_loader.h"
#include "worker/worker_options.h"

namespace pbn {

struct RunSetup {
  std::filesystem::path folder;
  RunConfig config;
  Json settled;    // the configuration in full
  Json identity;   // what makes this run this run
  std::string id;  // run_id(identity)
  PoseSet train, validation;
};

// Opens the data, resolves and checks the settings against it and against the number of ranks. Throws Errors.
RunSetup set_up_run(const WorkerOptions& options, int ranks, bool bf16_is_fast);

}  // namespace pbn
