// What a running worker tells about itself, read as it is written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"

namespace pbn {

// Follows a metrics.jsonl from its present end. A line counts once its newline is there.
class MetricsTail {
 public:
  explicit MetricsTail(std::filesystem::path file);

  std::vector<Json> new_lines();

 private:
  std::filesystem::path file_;
  std::uintmax_t offset_ = 0;
};

// The newest whole line of kind "progress" or "epoch", found from the file's end; null where there is none.
Json newest_progress(const std::filesystem::path& metrics);

}  // namespace pbn
