// A result.json in one pass, without taking all of it apart: a report reads ten thousand of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace pbn {

struct ScannedResult {
  std::string run, protocol;                            // empty where it does not say
  std::vector<std::pair<std::string, double>> figures;  // finite numbers, in the file's order, which is by name
  std::optional<double> training_loss;                  // of the last epoch
  Json measured = Json::object(),
       versions = measured;  // their texts, numbers and truths; what nests deeper is left out
};

// Nothing of what is no JSON, or has no object outcome.figures (docs/file-formats.md).
std::optional<ScannedResult> scan_result(std::string_view text);

}  // namespace pbn
