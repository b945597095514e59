#include "orchestrator/runs/metrics_tail.h"

#include <fstream>
#include <string_view>

#include "base/files.h"

namespace pbn::runs {
namespace {

// `text` is a part of the file that may begin and end within a line.
Json newest_progress_in(std::string_view text) {
  for (auto end = text.rfind('\n'); end != std::string_view::npos && end > 0; end = text.rfind('\n', end - 1)) {
    const auto before = text.rfind('\n', end - 1);
    const auto begin = before == std::string_view::npos ? 0 : before + 1;
    Json line = Json::parse(text.substr(begin, end - begin), nullptr, false);
    const Json& kind = at_path(line, "kind");
    if (kind == "progress" || kind == "epoch") return line;
  }
  return {};
}

}  // namespace

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

Json newest_progress(const std::filesystem::path& metrics) {
  // A line with the figures of a validation has 8 KB, other lines a few hundred bytes.
  for (std::size_t bytes = 4096;; bytes *= 8) {
    const std::string end = read_end_of(metrics, bytes);
    Json found = newest_progress_in(end);
    if (!found.is_null() || end.size() < bytes) return found;
  }
}

}  // namespace pbn::runs
