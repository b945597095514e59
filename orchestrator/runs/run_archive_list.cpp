#include "orchestrator/runs/run_archive_list.h"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "base/error.h"

namespace pbn::runs {
namespace {

constexpr const char* format_name = "pbn-runs";
constexpr int format_version = 1;

bool is_hexadecimal(const std::string& text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// A name as config/test_protocol.h makes it, "scales-0.8-1-flip"; never "." or "..".
bool is_protocol_name(const std::string& name) {
  const auto is_plain = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '.'; };
  return !name.empty() && name.size() <= 200 && name[0] != '.' && std::all_of(name.begin(), name.end(), is_plain);
}

bool is_archived_name(const std::string& name) {
  return std::find(archived_names.begin(), archived_names.end(), name) != archived_names.end();
}

}  // namespace

const std::vector<std::string> archived_names = {"config.json",    "log",         "metrics.jsonl",
                                                 "predictions.h5", "result.json", "weights.safetensors"};

bool is_archived_path(const std::string& path) {
  if (path.empty() || path.back() == '/') return false;
  std::vector<std::string> parts;
  std::istringstream text(path);
  for (std::string part; std::getline(text, part, '/');) parts.push_back(part);
  const bool is_of_run = parts.size() == 2,
             is_of_test = parts.size() == 4 && parts[1] == "tests" && is_protocol_name(parts[2]);
  return (is_of_run || is_of_test) && is_hexadecimal(parts[0], 12) && is_archived_name(parts.back());
}

Json to_json(const ArchiveList& list) {
  Json files = Json::array();
  for (const auto& [path, file] : list)
    files.push_back({{"path", path}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  return {{"format", format_name}, {"version", format_version}, {"files", std::move(files)}};
}

ArchiveList archive_list_in(const std::string& text, const std::string& where) {
  const Json value = parse_json(text, where);
  if (at_path(value, "format") != format_name || at_path(value, "version") != format_version ||
      !at_path(value, "files").is_array()) {
    throw data_error(where, "write it with pbn export", "is not a list of runs, version {}", format_version);
  }
  ArchiveList list;
  for (const Json& entry : value["files"]) {
    const Json &path = at_path(entry, "path"), &bytes = at_path(entry, "bytes"), &sha256 = at_path(entry, "sha256");
    if (!path.is_string() || !bytes.is_number_unsigned() || !sha256.is_string() || !is_hexadecimal(sha256, 64)) {
      throw data_error(where, "", "an entry is not {{\"path\", \"bytes\", \"sha256\"}}");
    }
    const std::string& name = path.get_ref<const std::string&>();
    if (!is_archived_path(name))
      throw data_error(where, "", "lists {}, which is not a file of a run", Json(name).dump());
    if (!list.emplace(name, ArchivedFile{bytes, sha256}).second) throw data_error(where, "", "lists {} twice", name);
  }
  return list;
}

}  // namespace pbn::runs
