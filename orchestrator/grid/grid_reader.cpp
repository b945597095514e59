#include "orchestrator/grid/grid_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/counted.h"
#include "base/error.h"
#include "base/suggestion.h"
#include "orchestrator/grid/expected_data.h"
#include "orchestrator/grid/grid_keys.h"
#include "orchestrator/grid/json_schema.h"
#include "orchestrator/grid/question.h"
#include "orchestrator/grid/seed_list.h"
#include "orchestrator/grid/strict_yaml.h"
#include "orchestrator/grid/worker_reader.h"

namespace pbn::grid {
namespace {

const std::vector<std::string> base_sections{"data", "train", "run", "test", "metric", "expected"};
const std::vector<std::string> external_sections{"name",  "run",      "base",  "worker",  "result", "settings",
                                                 "seeds", "baseline", "cells", "exclude", "metric", "illustration"};
const std::vector<std::string> pbn_sections{"name",    "base",   "worker",       "data",    "model",    "train",
                                            "test",    "run",    "settings",     "seeds",   "baseline", "cells",
                                            "exclude", "metric", "illustration", "expected"};

constexpr const char* zip_key = "zip";
enum class MayZip { no, yes };

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string first_word_of(const std::string& path) { return path.substr(0, path.find('.')); }

bool gives_external_worker(const StrictYaml& yaml, const std::string& file) {
  const std::vector<YamlEntry> entries = yaml.entries(yaml.root(), file);
  return std::any_of(entries.begin(), entries.end(), [](const YamlEntry& entry) { return entry.key == "worker"; });
}

class Reader {
 public:
  Reader(const std::string& text, const std::string& file)
      : file_(file),
        yaml_(text, file),
        is_external_(gives_external_worker(yaml_, file)),
        ambiguous_scalars_(is_external_ ? Ambiguous::refused : Ambiguous::text),
        keys_(is_external_) {}

  GridText read_grid() {
    GridText result;
    Grid& grid = result.grid;
    std::string result_where;
    grid.file = file_;
    grid.name = std::filesystem::path(file_).stem().string();
    grid.seeds = {1};
    const YamlReaders readers = readers_of_grid(result, result_where);
    for (const YamlEntry& entry : yaml_.entries(yaml_.root(), file_)) {
      if (is_external_ && (entry.key == "run" || entry.key.starts_with("run."))) {
        read_resources(yaml_, entry, grid.worker);
        continue;
      }
      const auto reader = readers.find(entry.key);
      reader == readers.end() ? add_settings(entry, grid.base) : reader->second.read(entry);
    }
    if (grid.blocks.empty()) grid.blocks.emplace_back();
    if (!result_where.empty() && !grid.worker.is_script()) {
      throw usage_error(result_where, "other workers write result.json themselves",
                        "\"result\" belongs to a worker with a script");
    }
    if (grid.rule && grid.baseline.empty()) {
      throw usage_error(result.rule_where, "add for example baseline: {model.head: plain}",
                        "seeds: a rule decides comparisons, but the grid has no baseline");
    }
    return result;
  }

  BaseText read_base() {
    BaseText base;
    const YamlReaders readers = readers_of_base(base);
    for (const YamlEntry& entry : yaml_.entries(yaml_.root(), file_)) {
      if (!belongs_in_base(entry.key)) {
        throw usage_error(entry.where, suggestion(first_word_of(entry.key), base_sections),
                          "\"{}\" does not belong in a base file", entry.key);
      }
      const auto reader = readers.find(entry.key);
      reader == readers.end() ? add_settings(entry, base.settings) : reader->second.read(entry);
    }
    return base;
  }

  Json entries_of_grid() const {
    GridText result;
    std::string where;
    Json entries = map_schema(readers_of_grid(result, where))["properties"];
    const std::vector<std::string> of_others =
        is_external_ ? std::vector<std::string>{"base"} : std::vector<std::string>{"worker", "result"};
    for (const std::string& key : of_others) entries.erase(key);  // has a reader, which explains why it is refused
    return entries;
  }

  Json entries_of_base() const {
    BaseText base;
    return map_schema(readers_of_base(base))["properties"];
  }

 private:
  // The entries that are not settings.
  YamlReaders readers_of_grid(GridText& result, std::string& result_where) const {
    Grid& grid = result.grid;
    const Json blocks = {};  // in grid_schema.cpp
    YamlReaders readers{
        {"name",
         {[&](const YamlEntry& entry) { grid.name = StrictYaml::text(entry); },
          text_schema("name of the sweep; default: the file's name")}},
        {"base",
         {[&](const YamlEntry& entry) { read_base_entry(entry, result); },
          text_schema("a file of base settings, relative to the grid")}},
        {"worker", {[&](const YamlEntry& entry) { read_worker(yaml_, entry, grid.worker); }, worker_schema()}},
        {"result",
         {[&](const YamlEntry& entry) {
            read_result(yaml_, entry, grid.worker);
            result_where = entry.where;
          },
          result_schema()}},
        {"metric", {[&](const YamlEntry& entry) { grid.question = read_question(yaml_, entry); }, question_schema()}},
        {"illustration",
         {[&](const YamlEntry& entry) { grid.is_illustration = yaml_.yes_or_no(entry); },
          yes_or_no_schema("true: the study shows something and is not meant to decide it")}},
        {"seeds", {[&](const YamlEntry& entry) { read_seeds(entry, result); }, seeds_schema()}},
        {"baseline", {[&](const YamlEntry& entry) { read_baseline(entry, grid.baseline); }, blocks}},
        {"cells", {[&](const YamlEntry& entry) { read_blocks(entry, grid.blocks); }, blocks}},
        {"exclude", {[&](const YamlEntry& entry) { grid.exclude = list_of_blocks(entry); }, blocks}}};
    if (!is_external_) readers["expected"] = expected_reader(grid.expected);
    return readers;
  }

  static Json seeds_schema() {
    Json schema = seed_list_schema();
    schema.update(seed_rule_schema());
    schema["type"] = {"integer", "string", "array", "object"};
    schema["description"] = "seeds of each cell: [1, 2, 3], 1..5, 1,3,7..9, or {until: decided, least: 5, most: 40}";
    return schema;
  }

  YamlReaders readers_of_base(BaseText& base) const {
    return {
        {"metric", {[&](const YamlEntry& entry) { base.question = read_question(yaml_, entry); }, question_schema()}},
        {"expected", expected_reader(base.expected)}};
  }

  YamlReader expected_reader(std::optional<ExpectedData>& data) const {
    return {[this, &data](const YamlEntry& entry) { data = read_expected_data(yaml_, entry); }, expected_data_schema()};
  }

  static void read_base_entry(const YamlEntry& entry, GridText& result) {
    result.grid.base_file = StrictYaml::text(entry);
    result.base_where = entry.value_where;
  }

  void read_baseline(const YamlEntry& entry, Settings& baseline) const {
    for (const Axis& axis : axes(entry.value, entry.value_where)) baseline[axis.path] = only_value(axis);
  }

  void read_blocks(const YamlEntry& entry, std::vector<Block>& blocks) const {
    for (Condition& block : list_of_blocks(entry, MayZip::yes)) blocks.push_back(std::move(block.keys));
  }

  void add_settings(const YamlEntry& entry, Settings& settings) const {
    collect(entry, "", [&](const std::string& path, const YamlEntry& value) {
      const Json given = yaml_.value(value.value, value.value_where, ambiguous_scalars_);
      Setting setting{keys_.checked(path, given, value.value_where), value.value_where};
      const auto [place, is_new] = settings.emplace(path, setting);
      if (!is_new) throw usage_error(setting.where, "", "\"{}\" was already given at {}", path, place->second.where);
    });
  }

  // Calls found(path, entry) for every key in nested sections.
  void collect(const YamlEntry& entry, const std::string& prefix, const auto& found) const {
    const std::string path = prefix + entry.key;
    if (path == "seed") throw usage_error(entry.where, "write \"seeds: [1, 2, 3]\"", "a grid has a list of seeds");
    if (keys_.is_key(path, entry.value.IsMap())) return found(path, entry);
    if (!keys_.is_section(path)) refuse(path, entry.where);
    for (const YamlEntry& inner : yaml_.entries(entry.value, entry.value_where, ambiguous_scalars_)) {
      collect(inner, path + ".", found);
    }
  }

  [[noreturn]] void refuse(const std::string& path, const std::string& where) const {
    const std::string top = first_word_of(path);
    if (is_external_ && contains(pbn_sections, top)) {
      throw usage_error(where, "settings of an external worker go under \"settings\"",
                        "\"{}\" is a setting of pbn_worker", path);
    }
    if (top == "settings") {
      throw usage_error(where, "add worker: {command: [...]}", "\"settings\" belong to an external worker");
    }
    if (top == zip_key) throw usage_error(where, "cells: [{zip: {...}}]", "zip belongs in a block of cells");
    const bool is_top = path == top;
    throw usage_error(where,
                      is_top ? suggestion(path, is_external_ ? external_sections : pbn_sections) : keys_.hint(path),
                      "unknown key \"{}\"", path);
  }

  std::vector<Condition> list_of_blocks(const YamlEntry& entry, MayZip may_zip = MayZip::no) const {
    if (!entry.value.IsSequence())
      throw usage_error(entry.value_where, "start each with \"- \"", "{}: expected a list of blocks", entry.key);
    std::vector<Condition> blocks;
    for (const auto& block : entry.value) {
      const std::string where = yaml_.place_of(block, entry.value_where);
      blocks.push_back({axes(block, where, may_zip), where});
    }
    if (blocks.empty()) throw usage_error(entry.value_where, "", "{}: the list is empty", entry.key);
    return blocks;
  }

  Block axes(const YAML::Node& block, const std::string& where, MayZip may_zip = MayZip::no) const {
    Block axes;
    for (const YamlEntry& entry : yaml_.entries(block, where, ambiguous_scalars_)) {
      if (entry.key != zip_key) {
        add_axes(entry, 0, axes);
      } else if (may_zip == MayZip::yes) {
        add_zips(entry, axes);
      } else {
        throw usage_error(entry.where, "write one block for each combination", "zip belongs in a block of cells");
      }
    }
    return axes;
  }

  void add_axes(const YamlEntry& entry, int zip, Block& axes) const {
    collect(entry, "", [&](const std::string& path, const YamlEntry& value) {
      const auto same = [&](const Axis& axis) { return axis.path == path; };
      if (std::any_of(axes.begin(), axes.end(), same))
        throw usage_error(value.where, "", "\"{}\" is given twice", path);
      Axis axis{path, alternatives(path, value), zip};
      const Axis* const before = zip != 0 && !axes.empty() && axes.back().zip == zip ? &axes.back() : nullptr;
      if (before && before->values.size() != axis.values.size()) {
        throw usage_error(value.value_where, "keys of a zip take their values together",
                          "zip: {} has {}, but {} has {}", path, counted(axis.values.size(), "value"), before->path,
                          before->values.size());
      }
      axes.push_back(std::move(axis));
    });
  }

  // A map of axes that take their values together, or a list of such maps.
  void add_zips(const YamlEntry& entry, Block& axes) const {
    auto add = [&, number = 0](const YAML::Node& map, const std::string& where) mutable {
      const std::vector<YamlEntry> keys = yaml_.entries(map, where, ambiguous_scalars_);
      if (keys.empty()) throw usage_error(where, "zip: {KEY: [...], KEY: [...]}", "zip: has no keys");
      ++number;
      for (const YamlEntry& inner : keys) add_axes(inner, number, axes);
    };
    if (!entry.value.IsSequence()) return add(entry.value, entry.value_where);
    for (const auto& map : entry.value) add(map, yaml_.place_of(map, entry.value_where));
  }

  std::vector<Setting> alternatives(const std::string& path, const YamlEntry& entry) const {
    const Json whole = yaml_.value(entry.value, entry.value_where, ambiguous_scalars_);
    if (keys_.is_one_value(path, whole)) return {{keys_.checked(path, whole, entry.value_where), entry.value_where}};
    if (whole.empty()) throw usage_error(entry.value_where, "", "{}: the list is empty", path);
    std::vector<Setting> values;
    for (const auto& element : entry.value) {
      const std::string where = yaml_.place_of(element, entry.value_where);
      values.push_back({keys_.checked(path, yaml_.value(element, where, ambiguous_scalars_), where), where});
    }
    return values;
  }

  static Setting only_value(const Axis& axis) {
    if (axis.values.size() != 1) {
      throw usage_error(axis.values[1].where, list_value_hint, "baseline: {} must have one value", axis.path);
    }
    return axis.values[0];
  }

  void read_seeds(const YamlEntry& entry, GridText& result) const {
    Grid& grid = result.grid;
    grid.rule = read_seed_rule(yaml_, entry);
    result.rule_where = entry.value_where;
    const Json seeds =
        grid.rule ? Json(fmt::format("1..{}", grid.rule->most)) : yaml_.value(entry.value, entry.value_where);
    grid.seeds = seeds_in(seeds, entry.value_where);
  }

  std::string file_;
  StrictYaml yaml_;
  bool is_external_;
  Ambiguous ambiguous_scalars_;  // in settings; refused for an external worker, whose settings have no schema
  GridKeys keys_;
};

}  // namespace

GridText read_grid_text(const std::string& text, const std::string& file) { return Reader(text, file).read_grid(); }

BaseText read_base_text(const std::string& text, const std::string& file) { return Reader(text, file).read_base(); }

bool belongs_in_base(const std::string& path) { return contains(base_sections, first_word_of(path)); }

Json entries_of_grid(bool is_external) { return Reader(is_external ? "worker: {}" : "{}", "").entries_of_grid(); }

Json entries_of_base() { return Reader("{}", "").entries_of_base(); }

}  // namespace pbn::grid
