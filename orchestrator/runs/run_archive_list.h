// pbn-runs.json, the list of the files in an archive of runs (run_archive.h).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"

namespace pbn::runs {

inline constexpr const char* archive_list_name = "pbn-runs.json";

struct ArchivedFile {
  std::uint64_t bytes = 0;
  std::string sha256;
};
using ArchiveList = std::map<std::string, ArchivedFile>;  // by path: "ab12cd34ef56/result.json"

// The names of a run's files that are archived, in its folder and in tests/PROTOCOL/.
extern const std::vector<std::string> archived_names;
bool is_archived_path(const std::string& path);

Json to_json(const ArchiveList& list);

// Throws data errors for text of another form and for paths that are not files of a run.
ArchiveList archive_list_in(const std::string& text, const std::string& where);

}  // namespace pbn::runs
