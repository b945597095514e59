#include "orchestrator/grid/labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "base/text.h"
#include "config/schema.h"
#include "config/setting_label.h"

namespace pbn {
namespace {

SettingAt settings_in(const Section& section) {
  return
      [&section](const std::string& path) -> const Json& { return at_path(section.canonical, within_section(path)); };
}

std::string label_of(const Key& key, const Section& section) {
  const std::string path = within_section(key.path);
  const Json& canonical = at_path(section.canonical, path);
  const Json& given = at_path(section.given, path);
  return key.label ? key.label(canonical, given.is_null() ? key.default_value : given)
                   : plain_label(key.path.substr(key.path.rfind('.') + 1), canonical);
}

void mention(Section& section, const std::string& path, const std::string& words, const Json& value) {
  section.label += (section.label.empty() ? "" : " ") + one_line(words);  // values may hold anything
  section.differing.emplace_back(path, &value);
}

// The keys that these sections use and have different values of, in their order.
std::vector<const Key*> differing_keys(const std::vector<Section*>& sections) {
  std::vector<const Key*> differing;
  for (const Key& key : all_keys()) {
    if (key.in_identity == InIdentity::no || section_of(key.path) != sections.front()->name) continue;
    const std::string path = within_section(key.path);
    const Json* first = nullptr;
    const bool differs = std::any_of(sections.begin(), sections.end(), [&](const Section* section) {
      const Json& value = at_path(section->canonical, path);
      if ((first && *first == value) || !is_used(key, settings_in(*section))) return false;
      if (first) return true;
      first = &value;
      return false;
    });
    if (differs) differing.push_back(&key);
  }
  return differing;
}

void label_our_sections(const std::vector<Section*>& sections) {
  const std::vector<const Key*> keys = differing_keys(sections);
  for (Section* section : sections) {
    for (const Key* key : keys) {
      if (!is_used(*key, settings_in(*section))) continue;
      mention(*section, key->path, label_of(*key, *section), at_path(section->canonical, within_section(key->path)));
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

// As much of each path, from its end, as no other one has: "optimizer.lr" beside "schedule.lr", but "momentum".
std::map<std::string, std::string> telling_ends(const std::vector<std::string>& paths) {
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

struct FoundValues {
  std::set<Json> found;
  bool is_missing = false;  // in some cell
};

// An external worker's settings differ also where only some cells have them.
void label_external_sections(const std::vector<Section*>& sections) {
  std::vector<std::map<std::string, const Json*>> leaves(sections.size());
  std::map<std::string, FoundValues> values;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    collect_leaves(sections[i]->canonical, sections[i]->name, leaves[i]);
    for (const auto& [path, value] : leaves[i]) values[path];
  }
  for (auto& [path, distinct] : values) {
    for (const auto& of_section : leaves) {
      const auto leaf = of_section.find(path);
      if (leaf == of_section.end()) {
        distinct.is_missing = true;
      } else {
        distinct.found.insert(*leaf->second);
      }
    }
  }
  std::vector<std::string> differing;
  for (const auto& [path, distinct] : values) {
    if (distinct.found.size() + (distinct.is_missing ? 1 : 0) > 1) differing.push_back(path);
  }
  const std::map<std::string, std::string> ends = telling_ends(differing);
  for (std::size_t i = 0; i < sections.size(); ++i) {
    for (const auto& [path, value] : leaves[i]) {
      const auto end = ends.find(path);
      if (end != ends.end()) mention(*sections[i], path, plain_label(end->second, *value), *value);
    }
  }
}

}  // namespace

void label_sections(const std::vector<Section*>& sections) {
  if (sections.size() < 2) return;
  sections.front()->name == "settings" ? label_external_sections(sections) : label_our_sections(sections);
}

void number_equal_labels(std::vector<std::string*> labels) {
  std::unordered_map<std::string, int> uses, number;
  for (const std::string* label : labels) ++uses[*label];
  for (std::string* label : labels) {
    if (uses[*label] > 1) *label += fmt::format(" ({})", ++number[*label]);
  }
}

}  // namespace pbn
