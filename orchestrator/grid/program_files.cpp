#include "orchestrator/grid/program_files.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "base/digest.h"
#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/path_text.h"

namespace pbn::grid {
namespace fs = std::filesystem;
namespace {

constexpr std::uintmax_t most_bytes = 64 << 20;
constexpr std::size_t most_files = 5000;
constexpr std::size_t most_searched = 100'000;  // files and folders that one pattern goes through
constexpr std::size_t most_named = 3;

using Parts = std::vector<std::string>;

// The names in a path, without "."; "**.py" is "**" and "*.py".
Parts parts_of(const std::string& path) {
  Parts parts;
  std::istringstream text(path);
  for (std::string part; std::getline(text, part, '/');) {
    if (part.empty() || part == ".") continue;
    const bool has_folders = part.starts_with("**");
    if (has_folders && (parts.empty() || parts.back() != "**")) parts.emplace_back("**");
    if (part != "**") parts.push_back(has_folders ? part.substr(1) : part);
  }
  return parts;
}

bool has_wildcard(const std::string& part) { return part.find_first_of("*?[") != std::string::npos; }

bool path_matches(Parts::const_iterator pattern, Parts::const_iterator pattern_end, Parts::const_iterator name,
                  Parts::const_iterator name_end) {
  if (pattern == pattern_end) return name == name_end;
  if (*pattern == "**") {
    if (path_matches(pattern + 1, pattern_end, name, name_end)) return true;
    const bool is_passed = name != name_end && !name->starts_with('.');
    return is_passed && path_matches(pattern, pattern_end, name + 1, name_end);
  }
  return name != name_end && ::fnmatch(pattern->c_str(), name->c_str(), FNM_PERIOD) == 0 &&
         path_matches(pattern + 1, pattern_end, name + 1, name_end);
}

// A store is often beside the grid, and has copies of the program.
bool is_left_out(const fs::path& folder) {
  static const std::set<std::string> of_a_store{"runs", "sweeps", "tries"};
  const std::string name = folder.filename().string();
  return name.starts_with('.') || name == "__pycache__" ||
         (of_a_store.contains(name) && fs::is_directory(folder.parent_path() / "sweeps"));
}

// The files below the folder, relative to it.
std::vector<fs::path> matching_files(const fs::path& folder, const FilePattern& pattern) {
  const Parts parts = parts_of(pattern.text);
  fs::path fixed = folder;
  for (const std::string& part : parts) {
    if (has_wildcard(part)) break;
    fixed /= part;
  }
  std::vector<fs::path> found;
  std::error_code unreachable;  // for example a name that is too long
  if (!fs::is_directory(fixed, unreachable)) return found;
  std::size_t searched = 0;
  for (auto entry = fs::recursive_directory_iterator(fixed, fs::directory_options::skip_permission_denied);
       entry != fs::recursive_directory_iterator(); ++entry) {
    if (++searched > most_searched) {
      throw usage_error(pattern.where, "begin it with a folder that has less in it",
                        "worker.files: \"{}\" would search more than {} files in {}", pattern.text, most_searched,
                        fixed.string());
    }
    if (entry->is_directory() && is_left_out(entry->path())) entry.disable_recursion_pending();
    if (!entry->is_regular_file()) continue;
    const fs::path relative = entry->path().lexically_relative(folder);
    const Parts names = parts_of(relative.string());
    if (path_matches(parts.begin(), parts.end(), names.begin(), names.end())) found.push_back(relative);
  }
  return found;
}

fs::path named_file(const fs::path& folder, const FilePattern& pattern) {
  fs::path relative = fs::path(pattern.text).lexically_normal();
  std::error_code unreachable;
  if (fs::is_directory(folder / relative, unreachable)) {
    throw usage_error(pattern.where, fmt::format("\"{}\" for all files in it", (relative / "**").string()),
                      "worker.files: {} is a folder", pattern.text);
  }
  if (!fs::is_regular_file(folder / relative, unreachable)) {
    throw usage_error(pattern.where, "paths are relative to the grid, or to worker.folder",
                      "worker.files: there is no file {} in {}", pattern.text, folder.string());
  }
  return relative;
}

void require_within(const fs::path& folder, const FilePattern& pattern) {
  const fs::path path = pattern.text;
  const bool leaves = path.is_absolute() || std::find(path.begin(), path.end(), "..") != path.end();
  if (!leaves) return;
  throw usage_error(pattern.where, "worker.folder is the folder of the program, for example folder: ..",
                    "worker.files: {} is not in {}", pattern.text, folder.string());
}

std::string digest_of_program(const std::map<std::string, std::string>& files) {
  return sha256_hex(canonical(Json(files)));
}

std::string digest_of_file(const fs::path& file) {
  const auto content = read_file_if_there(file);
  return content ? sha256_hex(*content) : "";
}

void add_file(const fs::path& relative, const FilePattern& pattern, ProgramFiles& program) {
  const fs::path file = program.folder / relative;
  const std::string path = path_text(relative);
  if (program.files.contains(path)) return;
  program.bytes += fs::file_size(file);
  if (program.bytes > most_bytes || program.files.size() == most_files) {
    throw usage_error(pattern.where, "list the program alone; worker.version stands for what is too large",
                      "worker.files: with {} there are more than {} MiB or {} files", path, most_bytes >> 20,
                      most_files);
  }
  program.files[path] = sha256_hex(read_file(file));
}

}  // namespace

bool ProgramFiles::contains(const std::string& path) const {
  return files.contains(path_text(fs::path(path).lexically_normal()));
}

ProgramFiles find_program_files(const fs::path& folder, const std::vector<FilePattern>& patterns) {
  ProgramFiles program;
  program.folder = folder;
  for (const FilePattern& pattern : patterns) {
    require_within(folder, pattern);
    if (!has_wildcard(pattern.text)) {
      add_file(named_file(folder, pattern), pattern, program);
      continue;
    }
    const std::vector<fs::path> found = matching_files(folder, pattern);
    if (found.empty()) {
      throw usage_error(pattern.where, "** stands for any folders, * for any part of a name",
                        "worker.files: no file in {} matches \"{}\"", folder.string(), pattern.text);
    }
    for (const fs::path& relative : found) add_file(relative, pattern, program);
  }
  program.digest = digest_of_program(program.files);
  return program;
}

std::vector<std::string> changed_files(const ProgramFiles& program) {
  std::vector<std::string> changed;
  for (const auto& [path, digest] : program.files) {
    if (digest_of_file(program.folder / path_of_text(path)) != digest) changed.push_back(path);
  }
  return changed;
}

std::vector<std::string> differing_files(const std::map<std::string, std::string>& a,
                                         const std::map<std::string, std::string>& b) {
  std::set<std::string> differing;
  for (const auto& [one, other] : {std::pair(&a, &b), std::pair(&b, &a)}) {
    for (const auto& [path, digest] : *one) {
      const auto same = other->find(path);
      if (same == other->end() || same->second != digest) differing.insert(path);
    }
  }
  return {differing.begin(), differing.end()};
}

std::string names_in_words(const std::vector<std::string>& paths) {
  std::string words;
  const std::size_t shown = paths.size() > most_named ? most_named - 1 : paths.size();
  for (std::size_t i = 0; i < shown; ++i) {
    const bool is_last = i + 1 == paths.size();
    words += (i == 0 ? "" : is_last ? " and " : ", ") + paths[i];
  }
  return shown == paths.size() ? words : fmt::format("{} and {} more", words, paths.size() - shown);
}

}  // namespace pbn::grid
