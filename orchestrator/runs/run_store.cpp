#include "orchestrator/runs/run_store.h"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "base/files.h"

namespace pbn::runs {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t max_single_queries = 256;

std::unordered_set<std::string> names_in(const fs::path& folder) {
  std::unordered_set<std::string> names;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(folder, missing)) names.insert(entry.path().filename().string());
  return names;
}

}  // namespace

fs::path RunStore::folder(const std::string& run) const {
  return root_ / "runs" / run.substr(0, 2) / run.substr(0, 12);
}

FoundResult RunStore::test(const std::string& run, const std::string& protocol) const {
  const auto trained = result(run);
  FoundResult tested = trained ? read_result(test_folder(run, protocol), run) : FoundResult();
  if (tested.result && tested.result->weights_sha256 != trained->weights_sha256) return {};
  return tested;
}

std::optional<fs::path> RunStore::tested(const std::string& run, const std::string& protocol) const {
  const auto trained = result(run);
  if (!trained) return {};
  // Earlier versions did not record the protocol.
  if ((trained->protocol.empty() ? "scale-1-shift" : trained->protocol) == protocol) return folder(run);
  return test_result(run, protocol) ? std::optional(test_folder(run, protocol)) : std::nullopt;
}

fs::path RunStore::test_folder(const std::string& run, const std::string& protocol) const {
  return folder(run) / "tests" / protocol;
}

std::vector<std::string> RunStore::tests(const std::string& run) const {
  std::vector<std::string> protocols;
  const fs::path tests = folder(run) / "tests";
  if (!fs::is_directory(tests)) return protocols;
  for (const auto& entry : fs::directory_iterator(tests)) protocols.push_back(entry.path().filename().string());
  std::sort(protocols.begin(), protocols.end());
  return protocols;
}

std::vector<bool> have_folders(const RunStore& store, const std::vector<std::string>& runs) {
  std::vector<bool> known(runs.size());
  std::map<std::string, std::unordered_set<std::string>> shards;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs[i].empty()) continue;
    const fs::path folder = store.folder(runs[i]);
    if (runs.size() <= max_single_queries) {
      known[i] = fs::exists(folder);
      continue;
    }
    const auto [shard, is_new] = shards.try_emplace(runs[i].substr(0, 2));
    if (is_new) shard->second = names_in(folder.parent_path());
    known[i] = shard->second.contains(folder.filename().string());
  }
  return known;
}

}  // namespace pbn::runs
