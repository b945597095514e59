#include "orchestrator/runs/log_end.h"

#include <sstream>

#include "base/files.h"

namespace pbn {

std::string as_shown(const std::string& line) {
  const auto last = line.find_last_not_of('\r');  // a line may end with one
  return last == std::string::npos ? "" : line.substr(0, last + 1).substr(line.rfind('\r', last) + 1);
}

std::vector<std::string> last_lines_of(const std::filesystem::path& log, std::size_t count) {
  std::vector<std::string> lines;
  for (std::size_t bytes = 64 << 10;; bytes *= 8) {
    const std::string end = read_end_of(log, bytes);
    std::istringstream text(end);
    lines.clear();
    for (std::string line; std::getline(text, line);) {
      if (std::string shown = as_shown(line); !shown.empty()) lines.push_back(std::move(shown));
    }
    if (lines.size() > count || end.size() < bytes) break;  // the first line may be torn
  }
  if (lines.size() > count) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
  return lines;
}

}  // namespace pbn
