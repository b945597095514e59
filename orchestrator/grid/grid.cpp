#include "orchestrator/grid/grid.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/suggestion.h"
#include "config/schema.h"
#include "orchestrator/grid/strict_yaml.h"

namespace pbn {
namespace {

const std::vector<std::string> sections{"name", "data",  "model",    "train", "test",
                                        "run",  "seeds", "baseline", "cells", "metric"};

bool is_section_of_keys(const std::string& path) {
  const auto keys = all_keys();
  return std::any_of(keys.begin(), keys.end(), [&](const Key& key) { return key.path.starts_with(path + "."); });
}

// The value in the key's own type; groups without `from` are completed once the training file is known.
Json checked_at(const Key& key, const Json& value, const std::string& where) {
  try {
    const bool own_file =
        key.kind == Kind::groups && value.is_object() && value.size() == 1 && value.contains("related");
    if (own_file) return checked(key, {{"related", value["related"]}, {"from", ""}});
    return checked(key, value);
  } catch (const Error& error) {
    throw usage_error(where, error.hint, "{}: {}", error.where, error.problem);
  }
}

// Whether a list is one value of its key and not several.
bool is_one_value(const Key& key, const Json& value) {
  const auto all = [](const Json& list, auto condition) { return std::all_of(list.begin(), list.end(), condition); };
  const auto is_text = [](const Json& element) { return element.is_string(); };
  if (!value.is_array()) return true;
  if (key.kind == Kind::reals || key.kind == Kind::texts) {
    return all(value, [](const Json& element) { return !element.is_array(); });
  }
  return key.kind == Kind::groups &&
         all(value, [&](const Json& element) { return element.is_array() && all(element, is_text); });
}

class GridReader {
 public:
  GridReader(const std::string& text, const std::string& file) : file_(file), yaml_(text, file) {}

  Grid read() {
    Grid grid;
    grid.file = file_;
    grid.name = std::filesystem::path(file_).stem().string();
    grid.seeds = {1};
    for (const YamlEntry& entry : yaml_.entries(yaml_.root(), file_)) read_section(entry, grid);
    if (grid.blocks.empty()) grid.blocks.emplace_back();
    return grid;
  }

 private:
  void read_section(const YamlEntry& entry, Grid& grid) {
    if (entry.key == "name") {
      grid.name = text(entry);
    } else if (entry.key == "metric") {
      grid.metric = text(entry);
    } else if (entry.key == "seeds") {
      grid.seeds = seeds(entry);
    } else if (entry.key == "baseline") {
      for (const Axis& axis : axes(entry.value, entry.value_where)) grid.baseline[axis.path] = only_value(axis);
    } else if (entry.key == "cells") {
      if (!entry.value.IsSequence())
        throw usage_error(entry.value_where, "start each with \"- \"", "cells: expected a list of blocks");
      for (const auto& block : entry.value) {
        grid.blocks.push_back(axes(block, yaml_.place_of(block, entry.value_where)));
      }
      if (grid.blocks.empty()) throw usage_error(entry.value_where, "", "cells: the list is empty");
    } else {
      collect(entry, "", [&](const std::string& path, const YamlEntry& value) {
        add_once(grid.base, path,
                 {checked_at(*find_key(path), yaml_.value(value.value, value.value_where), value.value_where),
                  value.value_where});
      });
    }
  }

  // Walks nested sections down to the keys of the schema.
  template <typename Found>
  void collect(const YamlEntry& entry, const std::string& prefix, const Found& found) {
    const std::string path = prefix + entry.key;
    if (path == "seed") throw usage_error(entry.where, "write \"seeds: [1, 2, 3]\"", "a grid has a list of seeds");
    if (find_key(path)) return found(path, entry);
    if (!is_section_of_keys(path)) {
      const bool is_top = path.find('.') == std::string::npos;
      throw usage_error(entry.where, is_top ? suggestion(path, sections) : unknown_key_hint(path), "unknown key \"{}\"",
                        path);
    }
    for (const YamlEntry& inner : yaml_.entries(entry.value, entry.value_where)) collect(inner, path + ".", found);
  }

  std::vector<Axis> axes(const YAML::Node& block, const std::string& where) {
    std::vector<Axis> axes;
    for (const YamlEntry& entry : yaml_.entries(block, where)) {
      collect(entry, "", [&](const std::string& path, const YamlEntry& value) {
        const auto same = [&](const Axis& axis) { return axis.path == path; };
        if (std::any_of(axes.begin(), axes.end(), same))
          throw usage_error(value.where, "", "\"{}\" is given twice", path);
        axes.push_back({path, alternatives(*find_key(path), value)});
      });
    }
    return axes;
  }

  std::vector<Setting> alternatives(const Key& key, const YamlEntry& entry) {
    const Json whole = yaml_.value(entry.value, entry.value_where);
    if (is_one_value(key, whole)) return {{checked_at(key, whole, entry.value_where), entry.value_where}};
    if (whole.empty()) throw usage_error(entry.value_where, "", "{}: the list is empty", key.path);
    std::vector<Setting> values;
    for (const auto& element : entry.value) {
      const std::string where = yaml_.place_of(element, entry.value_where);
      values.push_back({checked_at(key, yaml_.value(element, where), where), where});
    }
    return values;
  }

  static Setting only_value(const Axis& axis) {
    if (axis.values.size() != 1)
      throw usage_error(axis.values[1].where, "", "baseline: {} must have one value", axis.path);
    return axis.values[0];
  }

  static void add_once(Settings& settings, const std::string& path, Setting setting) {
    const auto [place, is_new] = settings.emplace(path, setting);
    if (!is_new) throw usage_error(setting.where, "", "\"{}\" was already given at {}", path, place->second.where);
  }

  std::string text(const YamlEntry& entry) const {
    if (!entry.value.IsScalar() || entry.value.Scalar().empty()) {
      throw usage_error(entry.value_where, "", "{}: expected text", entry.key);
    }
    return entry.value.Scalar();
  }

  std::vector<std::uint32_t> seeds(const YamlEntry& entry) const {
    Json list = yaml_.value(entry.value, entry.value_where);
    if (!list.is_array()) list = Json::array({list});
    std::set<std::uint32_t> distinct;
    std::vector<std::uint32_t> seeds;
    for (const Json& seed : list) {
      seeds.push_back(checked_at(*find_key("seed"), seed, entry.value_where));
      if (!distinct.insert(seeds.back()).second)
        throw usage_error(entry.value_where, "", "seeds: {} is given twice", seeds.back());
    }
    if (seeds.empty()) throw usage_error(entry.value_where, "", "seeds: the list is empty");
    return seeds;
  }

  std::string file_;
  StrictYaml yaml_;
};

Settings parse_overrides(const std::vector<std::string>& overrides) {
  Settings settings;
  for (const std::string& text : overrides) {
    const auto equals = text.find('=');
    const std::string path = text.substr(0, equals);
    const std::string where = "--set " + path;
    if (equals == std::string::npos) throw usage_error("--set", "write --set key=value", "\"{}\" has no \"=\"", text);
    const Key* key = find_key(path);
    if (!key) throw usage_error("--set", unknown_key_hint(path), "unknown key \"{}\"", path);
    try {
      settings[path] = {parse_option(*key, text.substr(equals + 1)), where};
    } catch (const Error& error) {
      throw usage_error(where, error.hint, "{}", error.problem);
    }
  }
  return settings;
}

}  // namespace

Grid parse_grid(const std::string& text, const std::string& file, const std::vector<std::string>& overrides) {
  Grid grid = GridReader(text, file).read();
  grid.text = text;
  grid.overrides = overrides;
  grid.forced_ = parse_overrides(overrides);
  if (const auto seed = grid.forced_.extract("seed")) grid.seeds = {seed.mapped().value};
  return grid;
}

Grid read_grid(const std::filesystem::path& file, const std::vector<std::string>& overrides) {
  return parse_grid(read_file(file), file.string(), overrides);
}

std::vector<Settings> Grid::cells() const {
  std::vector<Settings> cells;
  for (const auto& block : blocks) {
    std::vector<Settings> product{base};
    for (const Axis& axis : block) {
      std::vector<Settings> wider;
      for (const Settings& cell : product) {
        for (const Setting& value : axis.values) {
          wider.push_back(cell);
          wider.back()[axis.path] = value;
        }
      }
      product = std::move(wider);
    }
    cells.insert(cells.end(), product.begin(), product.end());
  }
  for (Settings& cell : cells) {
    for (const auto& [path, setting] : forced_) cell[path] = setting;
  }
  return cells;
}

}  // namespace pbn
