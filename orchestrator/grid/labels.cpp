#include "orchestrator/grid/labels.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <set>

#include "config/run_config.h"
#include "config/schema.h"

namespace pbn {
namespace {

bool is_mentioned(const Key& key, const Json& settled) {
  if (!uses_setting(settled, key.path)) return false;
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

std::string words(const Key& key, const CellSettings& cell) {
  const Json& value = at_path(cell.settled, key.path);
  if (key.path == "model.head") return value;
  if (key.path == "model.groups") return groups_text(at_path(cell.resolved, key.path), value);
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

// The key's order in the schema, but the head first: it is what a study is about.
std::vector<const Key*> differing_keys(const std::vector<CellSettings>& cells) {
  std::vector<const Key*> keys;
  for (const Key& key : all_keys()) {
    std::set<std::string> values;
    for (const auto& cell : cells) {
      if (is_mentioned(key, cell.settled)) values.insert(at_path(cell.settled, key.path).dump());
    }
    if (values.size() < 2) continue;
    keys.insert(key.path == "model.head" ? keys.begin() : keys.end(), &key);
  }
  return keys;
}

void number_equal_ones(std::vector<CellLabel>& labels) {
  std::map<std::string, int> uses;
  for (const auto& label : labels) ++uses[label.text];
  std::map<std::string, int> number;
  for (auto& label : labels) {
    if (uses[label.text] > 1) label.text += fmt::format(" ({})", ++number[label.text]);
  }
}

}  // namespace

std::vector<CellLabel> label_cells(const std::vector<CellSettings>& cells) {
  const auto keys = differing_keys(cells);
  std::vector<CellLabel> labels;
  for (const auto& cell : cells) {
    CellLabel label{"", Json::object()};
    for (const Key* key : keys) {
      if (!is_mentioned(*key, cell.settled)) continue;
      label.text += (label.text.empty() ? "" : " ") + words(*key, cell);
      label.differing[key->path] = at_path(cell.settled, key->path);
    }
    if (label.text.empty()) label.text = at_path(cell.settled, "model.head");
    labels.push_back(std::move(label));
  }
  number_equal_ones(labels);
  return labels;
}

}  // namespace pbn
