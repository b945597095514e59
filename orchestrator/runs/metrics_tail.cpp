#include "orchestrator/runs/metrics_tail.h"

#include <fstream>

namespace pbn {

MetricsTail::MetricsTail(std::filesystem::path file) : file_(std::move(file)) {
  std::error_code missing;
  const auto size = std::filesystem::file_size(file_, missing);
  if (!missing) offset_ = size;
}

std::vector<Json> MetricsTail::new_lines() {
  std::vector<Json> values;
  std::ifstream in(file_, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(offset_));
  for (std::string line; std::getline(in, line) && !in.eof();) {
    offset_ += line.size() + 1;
    Json value = Json::parse(line, nullptr, false);
    if (value.is_object()) values.push_back(std::move(value));
  }
  return values;
}

}  // namespace pbn
