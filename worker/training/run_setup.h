// The configuration, identity and data of a run, from its given settings.
#pragma once

#include <filesystem>

#include "base/json.h"
#include "config/run_config.h"
#include "data/loading/batch_loader.h"

namespace pbn::worker {

// The settings of a run as they were given.
struct GivenSettings {
  Json values = Json::object();  // nested: config.json overlaid by the command line
  std::string place;             // their source, for messages
  std::filesystem::path folder;  // of the run: checkpoints, metrics.jsonl, predictions.h5, result.json
  bool is_prepared = false;      // pbn wrote the folder's config.json

  std::string device() const;   // run.device, or "auto"
  bool shares_devices() const;  // run.oversubscribe_devices
};

struct RunSetup {
  std::filesystem::path folder;
  config::RunConfig config;
  Json canonical;  // the canonical configuration
  Json identity;
  std::string id;  // run_id(identity)
  data::PoseSet train, validation;
  std::vector<std::string> advice = {};  // about the given settings; empty if pbn prepared the run and printed it
};

// The resolved settings for the number of ranks that were started. Throws usage errors.
Json resolved_settings(const GivenSettings& given, int ranks);

// Opens the data, resolves the settings and checks them against the data and the number of ranks. The skeleton of the
// run is that of the validation file; training files with another skeleton are mapped to it
// (data/pose_file/pose_set.h). Throws Errors.
RunSetup set_up_run(const GivenSettings& given, int ranks, bool bf16_is_fast);

}  // namespace pbn::worker
