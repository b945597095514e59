#include "config/identity.h"

#include "base/digest.h"
#include "base/files.h"
#include "config/schema.h"

namespace pbn::config {
namespace {

// BatchNorm's statistics may be over less than the global batch, which changes the results.
void add_samples_per_batch_norm(Json& identity, const SettingAt& canonical) {
  const bool is_per_rank = canonical("model.batch_norm") == "per-rank";
  const int accumulate = canonical("train.accumulate");
  if (!is_per_rank && accumulate == 1) return;
  const int shares = accumulate * (is_per_rank ? canonical("run.ranks").get<int>() : 1);
  identity["samples_per_batch_norm"] = canonical("train.global_batch").get<int>() / shares;
}

}  // namespace

Json identity_of(const SettingAt& canonical, const ContentDigests& content) {
  Json identity{{"seed", canonical("seed")},
                {"data", {{"train", content.train}, {"validation", content.validation}}},
                {"recipe_version", recipe_version}};
  for (const Key& key : all_keys()) {
    if (key.in_identity != InIdentity::value || key.path == "seed") continue;
    const Json& value = canonical(key.path);
    const Json& omitted = key.omitted_value.is_null() ? key.default_value : key.omitted_value;
    if (value != omitted && is_used(key, canonical)) identity[key.path] = value;
  }
  if (!content.initial_weights.empty()) identity["train.init"] = content.initial_weights;
  add_samples_per_batch_norm(identity, canonical);
  return identity;
}

Json identity_of(const Json& canonical, const ContentDigests& content) {
  return identity_of(settings_of(canonical), content);
}

Json identity_of_external_run(const Json& settings, const Json& worker, const Json& seed) {
  return {{"seed", seed}, {"settings", settings}, {"worker", worker}};
}

std::string digest_of_weights(const std::string& file) { return file.empty() ? "" : sha256_hex(read_file(file)); }

std::string run_id(const Json& identity) { return sha256_hex(canonical(identity)); }

std::string cell_id(Json identity) {
  identity.erase("seed");
  return run_id(identity);
}

}  // namespace pbn::config
