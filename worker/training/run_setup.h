// From options to everything that a run starts with.
#pragma once

#include <filesystem>

#include "base/json.h"
#include "config/run_config.h"
#include "data/loading/batch_loader.h"

namespace pbn {

// The settings of a run as they were given.
struct GivenSettings {
  Json values = Json::object();  // nested: config.json overlaid by the command line
  std::string place;             // where they stand, for messages
  std::filesystem::path folder;  // the run's: checkpoints, metrics.jsonl, predictions.h5, result.json
  bool is_prepared = false;      // by pbn, which wrote the folder's config.json

  std::string device() const;   // what they want, "auto" where they say nothing
  bool shares_devices() const;  // run.oversubscribe_devices
};

struct RunSetup {
  std::filesystem::path folder;
  RunConfig config;
  Json canonical;  // the configuration in full
  Json identity;   // what makes this run this run
  std::string id;  // run_id(identity)
  PoseSet train, validation;
  std::vector<std::string> advice = {};  // about settings as they were given, unless pbn prepared them and has said it
};

// The settings with all defaults, for as many ranks as were started. Throws usage errors.
Json resolved_settings(const GivenSettings& given, int ranks);

// Opens the data, resolves and checks the settings against it and against the number of ranks. The run's skeleton is
// the validation file's; training files of another one are mapped to it (data/pose_file/pose_set.h). Throws Errors.
RunSetup set_up_run(const GivenSettings& given, int ranks, bool bf16_is_fast);

}  // namespace pbn
