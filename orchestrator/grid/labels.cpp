#include "orchestrator/grid/labels.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "config/run_config.h"
#include "config/schema.h"

namespace pbn {
namespace {

// Whether cells are told apart by it, where they use it at all.
bool is_telling(const Key& key) {
  return key.identity ? key.path != "seed" : key.path.starts_with("data.") || key.path == "train.init";
}

// Groups are known by the name that they were given: lists of parts would fill the page.
std::string groups_text(const Json& given, const Json& settled) {
  if (given.is_string()) return given;
  if (given.is_object()) return fmt::format("related {}", given["related"].dump());
  std::string sizes;
  for (const Json& group : settled) sizes += (sizes.empty() ? "" : "+") + std::to_string(group.size());
  return fmt::format("{} groups of {}", settled.size(), sizes);
}

std::string plain_text(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string file_names(const Json& paths) {
  std::string names;
  for (const Json& path : paths.is_array() ? paths : Json::array({paths})) {
    names += (names.empty() ? "" : "+") + std::filesystem::path(path.get<std::string>()).stem().string();
  }
  return names;
}

std::string words(const Key& key, const Json& told, const Json& value) {
  if (key.path == "model.head") return value;
  if (key.path == "model.groups") return groups_text(told, value);
  if (key.path == "model.depth") return "D" + value.dump();
  if (key.path == "model.width") return "W" + value.dump();
  if (key.path == "model.stacks") return value == 1 ? "1 stack" : value.dump() + " stacks";
  if (key.path == "model.features") return value.dump() + " features";
  if (key.path == "model.fusion") return "fusion of " + plain_text(value) + " features";
  if (key.path == "model.without") {
    return value.empty() ? "all parts"
                         : fmt::format("without {}", fmt::join(value.get<std::vector<std::string>>(), ", "));
  }
  if (key.path == "train.init") {
    const std::filesystem::path file = value.get<std::string>();
    return file.empty() ? "from scratch"
                        : fmt::format("from {}", (file.parent_path().filename() / file.stem()).string());
  }
  if (key.path.starts_with("data.")) return file_names(value);
  return key.path.substr(key.path.rfind('.') + 1) + "=" + plain_text(value);
}

void mention(Section& section, const std::string& path, const std::string& words, const Json& value) {
  section.label += (section.label.empty() ? "" : " ") + one_line(words);  // values may hold anything
  section.differing.emplace_back(path, &value);
}

// The key's order in the schema, but the head first: it is what a study is about.
std::vector<const Key*> keys_of_section(const std::string& name) {
  std::vector<const Key*> keys;
  for (const Key& key : all_keys()) {
    if (!key.path.starts_with(name + ".") || !is_telling(key)) continue;
    keys.insert(key.path == "model.head" ? keys.begin() : keys.end(), &key);
  }
  return keys;
}

// The keys that these sections use and have different values of, in their order.
std::vector<const Key*> differing_keys(const std::vector<Section*>& sections) {
  std::vector<const Key*> keys = keys_of_section(sections.front()->name);
  std::unordered_map<const Key*, const Json*> first;
  std::unordered_set<const Key*> differing;
  for (const Section* section : sections) {
    for (const Key* key : keys) {
      const Json& value = section->settled.at(within_section(key->path));
      const Json*& other = first[key];
      if (&value == other || !uses_setting(settings_in(section->settled), key->path)) continue;
      if (other && *other != value) differing.insert(key);
      if (!other) other = &value;
    }
  }
  std::erase_if(keys, [&](const Key* key) { return !differing.contains(key); });
  return keys;
}

void label_our_sections(const std::vector<Section*>& sections) {
  const std::vector<const Key*> keys = differing_keys(sections);
  for (Section* section : sections) {
    for (const Key* key : keys) {
      if (!uses_setting(settings_in(section->settled), key->path)) continue;
      const std::string path = within_section(key->path);
      const Json& value = section->settled.at(path);
      mention(*section, key->path, words(*key, section->resolved.at(path), value), value);
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

// An own worker's settings differ also where only some cells have them.
void label_own_sections(const std::vector<Section*>& sections) {
  std::vector<std::map<std::string, const Json*>> leaves(sections.size());
  std::map<std::string, FoundValues> values;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const SharedObject& settled = sections[i]->settled;
    for (std::size_t member = 0; member < settled.size(); ++member) {
      collect_leaves(settled.value(member), sections[i]->name + "." + settled.name(member), leaves[i]);
    }
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
      if (end != ends.end()) mention(*sections[i], path, end->second + "=" + plain_text(*value), *value);
    }
  }
}

}  // namespace

void label_sections(const std::vector<Section*>& sections) {
  if (sections.size() < 2) return;
  sections.front()->name == "settings" ? label_own_sections(sections) : label_our_sections(sections);
}

void number_equal_labels(std::vector<std::string*> labels) {
  std::unordered_map<std::string, int> uses, number;
  for (const std::string* label : labels) ++uses[*label];
  for (std::string* label : labels) {
    if (uses[*label] > 1) *label += fmt::format(" ({})", ++number[*label]);
  }
}

}  // namespace pbn
