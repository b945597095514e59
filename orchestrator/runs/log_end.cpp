#include "orchestrator/runs/log_end.h"

#include <algorithm>

#include "base/files.h"
#include "base/foreign_text.h"

namespace pbn::runs {

namespace {

constexpr std::size_t first_block = 64 << 10;  // bytes

std::vector<std::string> shown_lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (std::string shown = as_shown(text.substr(0, end)); !shown.empty()) lines.push_back(std::move(shown));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::vector<std::string> last_of(std::vector<std::string> lines, std::size_t count) {
  if (lines.size() > count) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
  return lines;
}

bool is_rule(const std::string& line) { return line.size() >= 60 && line.find_first_not_of('-') == std::string::npos; }

// Whether mpirun says here only that a rank ended with an error, which the rank has reported before.
bool repeats_a_failure(const std::string& line) {
  return line.find("non-zero") != std::string::npos || line.find("MPI_ABORT was invoked") != std::string::npos;
}

}  // namespace

std::string as_shown(std::string_view line) {
  const auto last = line.find_last_not_of('\r');
  if (last == std::string_view::npos) return "";
  line = line.substr(0, last + 1);
  return printable_line(line.substr(line.rfind('\r') + 1));
}

std::vector<std::string> last_lines_of(const std::filesystem::path& log, std::size_t count, std::uintmax_t skipped) {
  std::error_code missing;
  const std::uintmax_t size = std::filesystem::file_size(log, missing);
  if (missing || size <= skipped || count == 0) return {};
  const std::size_t max_bytes = std::min<std::uintmax_t>(size - skipped, first_block * (count + 1));
  std::vector<std::string> lines;
  for (std::size_t bytes = first_block;; bytes *= 8) {
    lines = shown_lines_of(read_end_of(log, std::min(bytes, max_bytes)));
    if (lines.size() > count || bytes >= max_bytes) break;  // the first line may be incomplete
  }
  return last_of(std::move(lines), count);
}

std::vector<std::string> last_lines_of_program(const std::filesystem::path& log, std::size_t count,
                                               std::uintmax_t skipped) {
  constexpr std::size_t lines_of_notices = 40;
  std::vector<std::string> lines = last_lines_of(log, count + lines_of_notices, skipped);
  for (auto begin = std::ranges::find_if(lines, is_rule); begin != lines.end();) {
    const auto end = std::find_if(begin + 1, lines.end(), is_rule);
    if (end == lines.end()) break;
    if (std::any_of(begin, end, repeats_a_failure)) {
      const auto after_the_notice = lines.erase(begin, end + 1);
      begin = std::find_if(after_the_notice, lines.end(), is_rule);
    } else {
      begin = end;
    }
  }
  if (lines.empty()) return last_lines_of(log, count, skipped);
  return last_of(std::move(lines), count);
}

}  // namespace pbn::runs
