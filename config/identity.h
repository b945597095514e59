// A run's identity: everything that changes its results, and nothing else. Both programs compute it here.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "config/key.h"

namespace pbn::config {

// The content of the files that a run reads: the fingerprints of the pose files, and SHA-256 of the initial weights
// (empty: none).
struct ContentDigests {
  std::vector<std::string> train;
  std::string validation;
  std::string initial_weights = {};
};

// The identity of a canonical configuration (run_config.h): the settings that are used and differ from their defaults,
// the samples per BatchNorm if fewer than the global batch, the seed, and the content of the files. Paths, threads and
// checkpoint intervals are not in it. Runs with equal identities are the same run.
Json identity_of(const SettingAt& canonical, const ContentDigests& content);
Json identity_of(const Json& canonical, const ContentDigests& content);

// The identity of an external worker's run, of which only the settings are known, and what the grid says of the worker.
Json identity_of_external_run(const Json& settings, const Json& worker, const Json& seed);

// SHA-256 of a file of weights; empty for an empty name. Throws an environment error if it cannot be read.
std::string digest_of_weights(const std::string& file);

// SHA-256 of the identity's canonical JSON; the first 12 digits name the run's folder.
std::string run_id(const Json& identity);

// The same without the seed: runs that differ only in their seeds are one cell.
std::string cell_id(Json identity);

// Increased by hand when the arithmetic of training changes, so that old results are not mistaken for new ones.
inline constexpr int recipe_version = 2;

}  // namespace pbn::config
