// Reads a worker's metrics.jsonl while the worker writes it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"

namespace pbn::runs {

// Follows a metrics.jsonl from its current end. A line counts once its newline has been written.
class MetricsTail {
 public:
  explicit MetricsTail(std::filesystem::path file);

  std::vector<Json> new_lines();

 private:
  std::filesystem::path file_;
  std::uintmax_t offset_ = 0;
};

// The last complete line of kind "progress" or "epoch"; null if there is none. Reads the file from its end.
Json newest_progress(const std::filesystem::path& metrics);

}  // namespace pbn::runs
