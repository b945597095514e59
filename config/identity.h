// A run's identity: what changes its mathematics, and nothing else. Both programs make it here and nowhere else.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "config/key.h"

namespace pbn {

// The content of the files that a run reads: the pose files' own fingerprints, and SHA-256 of the weights that it
// starts from (empty: none).
struct ContentDigests {
  std::vector<std::string> train;
  std::string validation;
  std::string initial_weights = {};
};

// Of a canonical configuration (run_config.h): settings that are used and differ from their defaults, samples per
// BatchNorm where it sees less than the global batch, the seed, and the content of its files. Paths, threads and times
// of checkpoints are not in it. Equal identities are the same run.
Json identity_of(const SettingAt& canonical, const ContentDigests& content);
Json identity_of(const Json& canonical, const ContentDigests& content);

// Of a run that an external worker carries out: its settings are all that is known of it.
Json identity_of_external_run(const Json& settings, const std::vector<std::string>& command, const Json& seed);

// SHA-256 of a file of weights; empty where none is named. Throws an environment error when it cannot be read.
std::string digest_of_weights(const std::string& file);

// SHA-256 of the canonical identity; 12 digits of it name the run's folder.
std::string run_id(const Json& identity);

// The identity without the seed: runs that differ in nothing else are one cell.
std::string cell_id(Json identity);

// Raised by hand when the arithmetic of training changes, so that old results are not taken for new ones.
inline constexpr int recipe_version = 2;

}  // namespace pbn
