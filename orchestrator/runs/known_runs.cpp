#include "orchestrator/runs/known_runs.h"

#include <filesystem>
#include <map>
#include <unordered_set>

namespace pbn {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t few = 256;  // runs, which are asked for one by one

std::unordered_set<std::string> names_in(const fs::path& folder) {
  std::unordered_set<std::string> names;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(folder, missing)) names.insert(entry.path().filename().string());
  return names;
}

}  // namespace

std::vector<bool> have_folders(const RunStore& store, const std::vector<std::string>& runs) {
  std::vector<bool> known(runs.size());
  std::map<std::string, std::unordered_set<std::string>> shards;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs[i].empty()) continue;
    const fs::path folder = store.folder(runs[i]);
    if (runs.size() <= few) {
      known[i] = fs::exists(folder);
      continue;
    }
    const auto [shard, is_new] = shards.try_emplace(runs[i].substr(0, 2));
    if (is_new) shard->second = names_in(folder.parent_path());
    known[i] = shard->second.contains(folder.filename().string());
  }
  return known;
}

}  // namespace pbn
