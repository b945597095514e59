// The command line of pbn_worker. Everything that config.json can say can be said here too, under the same names.
#pragma once

#include <filesystem>
#include <optional>

#include "base/json.h"

namespace pbn {

struct WorkerOptions {
  Json settings;                 // nested, as given: config.json overlaid by the command line; not yet resolved
  std::string settings_place;    // where they stand, for messages
  std::filesystem::path folder;  // the run's folder: checkpoints, metrics.jsonl, predictions.h5, result.json
  bool is_prepared = false;      // by pbn, which wrote the folder's config.json
  bool only_test = false;        // a finished run, under the settings' test protocol (test_run.h)
  int try_steps = 0;             // above 0: only so many steps are tried (try_run.h)
  bool scaling_model = false;    // nothing but a prediction of how training would scale (scaling_run.h)
  double step_ms = 0;            // for it: a step of one device; 0: what it takes here
  std::filesystem::path
      request;  // not empty: people in photographs are to be predicted (predict_request.h), and that is all

  bool trains() const { return !only_test && try_steps == 0 && !scaling_model && request.empty(); }
  std::string device() const;   // what the settings want, "auto" where they say nothing
  bool shares_devices() const;  // run.oversubscribe_devices
};

// Empty when only help or the version was asked for, which is then printed, whatever else is said; works before MPI.
// Throws usage errors.
std::optional<WorkerOptions> parse_worker_options(int argc, char** argv);

}  // namespace pbn
