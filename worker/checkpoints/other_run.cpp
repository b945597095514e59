#include "worker/checkpoints/other_run.h"

#include <fmt/ranges.h>

#include <set>

namespace pbn::worker {
namespace {

constexpr const char* batch_norm = "samples_per_batch_norm";

// An identity has no default values. Long values are digests, which mean nothing to people.
std::string value_of(const Json& identity, const std::string& key) {
  const auto found = identity.find(key);
  if (found == identity.end()) return "its default";
  const std::string text = found->dump();
  return text.size() <= 40 ? text : "another content";
}

}  // namespace

Error other_run(const std::filesystem::path& folder, const char* content, const Json& there, const Json& here) {
  std::set<std::string> keys;
  for (const Json* identity : {&there, &here}) {
    for (const auto& [key, value] : identity->items()) keys.insert(key);
  }
  std::vector<std::string> differences;
  for (const std::string& key : keys) {
    const Json& one = there.value(key, Json());
    if (one == here.value(key, Json())) continue;
    if (key == "data")
      differences.emplace_back("data: other people");
    else
      differences.push_back(fmt::format("{}: {} there, {} here", key, value_of(there, key), value_of(here, key)));
  }
  const bool ranks_only = differences.size() == 1 && differences.front().starts_with(batch_norm);
  return usage_error(folder.string(),
                     ranks_only
                         ? "BatchNorm has statistics per rank: use as many ranks as before, or --model.batch_norm "
                           "synchronised from the beginning"
                         : "use another --out, or delete that folder to start again",
                     "holds {} of another run ({})", content, fmt::join(differences, "; "));
}

}  // namespace pbn::worker
