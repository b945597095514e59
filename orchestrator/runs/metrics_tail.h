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

}  // namespace pbn
