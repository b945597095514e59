#include "orchestrator/grid/labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "base/text.h"
#include "config/schema.h"
#include "config/setting_label.h"

namespace pbn::grid {
namespace {

config::SettingAt settings_in(const Section& section) {
  return
      [&section](const std::string& path) -> const Json& { return at_path(section.canonical, within_section(path)); };
}

std::string label_of(const config::Key& key, const Section& section) {
  const std::string path = within_section(key.path);
  const Json& canonical = at_path(section.canonical, path);
  const Json& given = at_path(section.given, path);
  return key.label ? key.label(canonical, given.is_null() ? key.default_value : given)
                   : config::plain_label(key.path.substr(key.path.rfind('.') + 1), canonical);
}

void add_to_label(Section& section, const std::string& path, const std::string& words, const Json& value) {
  section.label += (section.label.empty() ? "" : " ") + one_line(words);  // values may contain line breaks
  section.differing.emplace_back(path, &value);
}

// The keys that these sections use with different values, in the schema's order.
std::vector<const config::Key*> differing_keys(const std::vector<Section*>& sections) {
  std::vector<const config::Key*> differing;
  for (const config::Key& key : config::all_keys()) {
    if (key.in_identity == config::InIdentity::no || section_of(key.path) != sections.front()->name) continue;
    const std::string path = within_section(key.path);
    const Json* first = nullptr;
    const bool differs = std::any_of(sections.begin(), sections.end(), [&](const Section* section) {
      const Json& value = at_path(section->canonical, path);
      if ((first && *first == value) || !config::is_used(key, settings_in(*section))) return false;
      if (first) return true;
      first = &value;
      return false;
    });
    if (differs) differing.push_back(&key);
  }
  return differing;
}

void label_pbn_sections(const std::vector<Section*>& sections) {
  const std::vector<const config::Key*> keys = differing_keys(sections);
  for (Section* section : sections) {
    for (const config::Key* key : keys) {
      if (!config::is_used(*key, settings_in(*section))) continue;
      add_to_label(*section, key->path, label_of(*key, *section),
                   at_path(section->canonical, within_section(key->path)));
    }
  }
}

void collect_leaves(const Json& value, const std::string& path, std::map<std::string, const Json*>& leaves) {
  if (!value.is_object()) {
    leaves[path] = &value;
    return;
  }
  for (const auto& [name, inner] : value.items()) collect_leaves(inner, path + "." + name, leaves);
}

// The shortest end of each path that no other path has: "optimizer.lr" and "schedule.lr", but "momentum".
std::map<std::string, std::string> unique_ends(const std::vector<std::string>& paths) {
  const auto end_of = [](const std::string& path, int parts) {
    std::size_t dot = path.size();
    for (int part = 0; part < parts && dot != std::string::npos; ++part) dot = path.rfind('.', dot - 1);
    return dot == std::string::npos ? path : path.substr(dot + 1);
  };
  std::map<std::string, std::set<std::string>> users;
  for (const std::string& path : paths) {
    for (int parts = 1; users[end_of(path, parts)].insert(path).second && end_of(path, parts) != path;) ++parts;
  }
  std::map<std::string, std::string> ends;
  for (const std::string& path : paths) {
    int parts = 1;
    while (users[end_of(path, parts)].size() > 1 && end_of(path, parts) != path) ++parts;
    ends[path] = end_of(path, parts);
  }
  return ends;
}

struct LeafValues {
  std::set<Json> distinct;
  std::size_t sections = 0;  // that have the setting
};

// A setting of an external worker also differs if only some cells have it.
void label_external_sections(const std::vector<Section*>& sections) {
  std::vector<std::map<std::string, const Json*>> leaves(sections.size());
  std::map<std::string, LeafValues> values;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    collect_leaves(sections[i]->canonical, sections[i]->name, leaves[i]);
    for (const auto& [path, value] : leaves[i]) {
      values[path].distinct.insert(*value);
      ++values[path].sections;
    }
  }
  std::vector<std::string> differing;
  for (const auto& [path, leaf] : values) {
    if (leaf.distinct.size() > 1 || leaf.sections < sections.size()) differing.push_back(path);
  }
  const std::map<std::string, std::string> ends = unique_ends(differing);
  for (std::size_t i = 0; i < sections.size(); ++i) {
    for (const auto& [path, value] : leaves[i]) {
      const auto end = ends.find(path);
      if (end != ends.end()) add_to_label(*sections[i], path, config::plain_label(end->second, *value), *value);
    }
  }
}

}  // namespace

void label_sections(const std::vector<Section*>& sections) {
  if (sections.size() < 2) return;
  sections.front()->name == "settings" ? label_external_sections(sections) : label_pbn_sections(sections);
}

void number_equal_labels(const std::vector<std::string*>& labels) {
  std::unordered_map<std::string, int> uses, number;
  for (const std::string* label : labels) ++uses[*label];
  for (std::string* label : labels) {
    if (uses[*label] > 1) *label += fmt::format(" ({})", ++number[*label]);
  }
}

}  // namespace pbn::grid
