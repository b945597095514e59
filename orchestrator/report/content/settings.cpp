#include "orchestrator/report/content/settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/run_config.h"
#include "config/schema.h"

namespace pbn::report {
namespace {

// {"optimiser.rate": 0.1} of {"optimiser": {"rate": 0.1}}.
Json external_settings(const Json& canonical) {
  Json used = Json::object();
  const Json& settings = at_path(canonical, "settings");
  if (!settings.is_object() || settings.empty()) return used;
  const Json flat = settings.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    std::string key = pointer.substr(1);
    std::replace(key.begin(), key.end(), '/', '.');
    used[key] = value;
  }
  return used;
}

// What the grid says of an external worker's program.
void add_program(const grid::Worker& worker, Json& used) {
  if (!worker.version.empty()) used["worker.version"] = worker.version;
  if (!worker.program.is_listed()) return;
  std::vector<std::string> paths;
  for (const auto& [path, digest] : worker.program.files) paths.push_back(path);
  used["worker.files"] =
      fmt::format("{} (SHA-256 {})", grid::names_in_words(paths), worker.program.digest.substr(0, 12));
}

bool is_shown_elsewhere(const std::string& key) {
  return key == "seed" || key.starts_with("data.") || key == "model.groups";
}

Json used_settings(const grid::Cell& cell) {
  const Json canonical = cell.canonical();
  if (cell.worker().is_external()) {
    Json used = external_settings(canonical);
    add_program(cell.worker(), used);
    return used;
  }
  Json used = Json::object();
  for (const config::Key& key : config::all_keys()) {
    if (is_shown_elsewhere(key.path) || !config::is_used(key, config::settings_of(canonical))) continue;
    used[key.path] = at_path(canonical, key.path);
  }
  return used;
}

std::vector<SettingText> as_list(const Json& settings) {
  std::vector<SettingText> list;
  for (const auto& [key, value] : settings.items()) {
    if (value.is_null()) continue;
    list.push_back({key, value.is_string() ? value.get<std::string>() : value.dump()});
  }
  return list;
}

}  // namespace

std::vector<SettingText> shared_settings(const grid::Sweep& sweep) {
  Json shared = used_settings(sweep.cells.front());
  for (const grid::Cell& cell : sweep.cells) {
    const Json used = used_settings(cell);
    for (auto setting = shared.begin(); setting != shared.end();) {
      const bool is_same = used.contains(setting.key()) && used[setting.key()] == setting.value();
      setting = is_same ? std::next(setting) : shared.erase(setting);
    }
  }
  return as_list(shared);
}

std::vector<SettingText> unshared_settings(const grid::Cell& cell, const std::vector<SettingText>& shared) {
  Json used = used_settings(cell);
  for (const SettingText& setting : shared) used.erase(setting.key);
  return as_list(used);
}

}  // namespace pbn::report
