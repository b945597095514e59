// result.json, whose presence means that a run is done (docs/external-worker.md): the one reader of it, and the one
// verdict on it. Every command that asks whether a run has a result asks here.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace pbn {

// What pbn uses of it. Its worker may have written more.
struct Result {
  std::string run, cell, protocol;                      // empty where it does not say
  std::vector<std::pair<std::string, double>> figures;  // finite, by name
  std::vector<std::optional<double>> training_loss;     // per epoch
  std::optional<double> final_epoch;
  std::string weights_sha256;
  std::string precision;  // identity's "train.precision"
  std::optional<double> gflop_per_image;
  Json measured, versions;  // objects of its texts, numbers and truths; what nests deeper is left out

  std::optional<double> figure(const std::string& name) const;
  std::optional<double> last_training_loss() const;
  std::optional<double> measured_number(const char* name) const;
};

// A whole one is a JSON object with this run's id as `run` and an object `outcome.figures`, in which every value is a
// finite number. Anything else that lies there is damaged, and `why` says so in words: "result.json is not valid JSON
// at line 1, column 40: NaN ...", "error is "low", not a number".
struct ResultVerdict {
  enum State { absent, whole, damaged };
  State state = absent;
  std::string why;  // of a damaged one

  bool is_whole() const { return state == whole; }
  bool is_damaged() const { return state == damaged; }
};

// Of FOLDER/result.json. `run` is an id or its beginning. Judging alone keeps nothing: 100,000 take some seconds.
ResultVerdict judge_result(const std::filesystem::path& folder, const std::string& run);

// The same, with what it says where it is whole.
struct FoundResult {
  ResultVerdict verdict;
  std::optional<Result> result;
};
FoundResult read_result(const std::filesystem::path& folder, const std::string& run);

// A figure's name as an error or a note may show it: without line breaks and control characters.
std::string printable(std::string_view name);

// A damaged one makes way for the next attempt's, which link(2) would refuse to put in its place: it becomes
// FOLDER/result.json.refused. Throws an environment error where it cannot be read, since it may be whole, or renamed.
void put_result_aside(const std::filesystem::path& folder);

}  // namespace pbn
