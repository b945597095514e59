// pbn-runs.json: what is in an archive of runs (run_archive.h).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"

namespace pbn {

inline constexpr const char* archive_list_name = "pbn-runs.json";

struct ArchivedFile {
  std::uint64_t bytes = 0;
  std::string sha256;
};
using ArchiveList = std::map<std::string, ArchivedFile>;  // by path: "ab12cd34ef56/result.json"

// The files of a run that are worth a journey: its own, and those in tests/PROTOCOL/.
extern const std::vector<std::string> archived_names;
bool is_archived_path(const std::string& path);

Json to_json(const ArchiveList& list);

// Throws data errors for any other shape, and for paths that are not those of a run's files.
ArchiveList archive_list_in(const std::string& text, const std::string& where);

}  // namespace pbn
