// Reads and validates result.json, whose presence means that a run is completed (docs/external-worker.md).
// Every command decides by these functions whether a run has a result.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace pbn::runs {

// The values of result.json that pbn uses. A worker may write more.
struct Result {
  std::string run, cell, protocol;                      // empty if missing
  std::vector<std::pair<std::string, double>> figures;  // finite, sorted by name
  std::vector<std::optional<double>> training_loss;     // per epoch
  std::optional<double> final_epoch;
  std::string weights_sha256;
  std::string precision;  // "train.precision" of the identity
  std::optional<double> gflop_per_image;
  Json measured, versions;  // objects of strings, numbers and booleans; nested values are left out

  std::optional<double> figure(const std::string& name) const;
  std::optional<double> last_training_loss() const;
  std::optional<double> measured_number(const char* name) const;
};

// A whole result is a JSON object with this run's id as `run` and an object `outcome.figures` whose values are finite
// numbers. Everything else is damaged, and `why` gives the reason: "result.json is not valid JSON at line 1, column 40:
// NaN ...", "error is "low", not a number".
struct ResultVerdict {
  enum State { absent, whole, damaged };
  State state = absent;
  std::string why;  // only if damaged

  bool is_absent() const { return state == absent; }
  bool is_whole() const { return state == whole; }
  bool is_damaged() const { return state == damaged; }
};

// Validates FOLDER/result.json without keeping its content; 100,000 files take a few seconds. `run` is an id or the
// beginning of one.
ResultVerdict judge_result(const std::filesystem::path& folder, const std::string& run);

// Validates FOLDER/result.json and reads it if it is whole.
struct FoundResult {
  ResultVerdict verdict;
  std::optional<Result> result;
};
FoundResult read_result(const std::filesystem::path& folder, const std::string& run);

// A figure's name for messages: line breaks and control characters are escaped.
std::string printable(std::string_view name);

// Renames a damaged result.json to FOLDER/result.json.refused, because the next attempt cannot publish its result over
// an existing file. Throws an environment error if the file cannot be read, since it may be whole, or not be renamed.
void put_result_aside(const std::filesystem::path& folder);

}  // namespace pbn::runs
