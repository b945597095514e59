#include "orchestrator/grid/grid_reader.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/counted.h"
#include "base/error.h"
#include "base/suggestion.h"
#include "config/skeleton.h"
#include "orchestrator/grid/grid_keys.h"
#include "orchestrator/grid/json_schema.h"
#include "orchestrator/grid/question.h"
#include "orchestrator/grid/script_words.h"
#include "orchestrator/grid/seed_list.h"
#include "orchestrator/grid/strict_yaml.h"

namespace pbn::grid {
namespace {

const std::vector<std::string> base_sections{"data", "train", "run", "test", "metric", "expected"};
const std::vector<std::string> external_sections{"name",  "run",      "base",  "worker",  "result", "settings",
                                                 "seeds", "baseline", "cells", "exclude", "metric", "illustration"};
const std::vector<std::string> pbn_sections{"name",    "base",   "worker",       "data",    "model",    "train",
                                            "test",    "run",    "settings",     "seeds",   "baseline", "cells",
                                            "exclude", "metric", "illustration", "expected"};

constexpr const char* zip_key = "zip";
constexpr int most_ranks = 100000, box_step = 64, largest_box = 4096;
enum class MayZip { no, yes };

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string first_word_of(const std::string& path) { return path.substr(0, path.find('.')); }

Json words_schema(const char* help) {
  Json schema = text_schema(help);
  schema["items"] = text_schema(help);
  schema["type"].push_back("array");
  schema["minItems"] = 1;
  return schema;
}

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
        read_resources(entry, grid.worker);
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
         {[&](const YamlEntry& entry) { grid.name = text(entry); },
          text_schema("name of the sweep; default: the file's name")}},
        {"base",
         {[&](const YamlEntry& entry) { read_base_entry(entry, result); },
          text_schema("a file of base settings, relative to the grid")}},
        {"worker", {[&](const YamlEntry& entry) { read_worker(entry, grid.worker); }, worker_schema()}},
        {"result",
         {[&](const YamlEntry& entry) { result_where = read_result(entry, grid.worker); },
          map_schema(readers_of_result(grid.worker), {"file"})}},
        {"metric", {[&](const YamlEntry& entry) { grid.question = read_question(yaml_, entry); }, question_schema()}},
        {"illustration",
         {[&](const YamlEntry& entry) { grid.is_illustration = yaml_.yes_or_no(entry); },
          yes_or_no_schema("true: the study shows something and is not meant to decide it")}},
        {"seeds", {[&](const YamlEntry& entry) { read_seeds(entry, result); }, seeds_schema()}},
        {"baseline", {[&](const YamlEntry& entry) { read_baseline(entry, grid.baseline); }, blocks}},
        {"cells", {[&](const YamlEntry& entry) { read_blocks(entry, grid.blocks); }, blocks}},
        {"exclude", {[&](const YamlEntry& entry) { grid.exclude = list_of_blocks(entry); }, blocks}}};
    if (!is_external_) readers["expected"] = reader_of_expected(grid.expected);
    return readers;
  }

  Json worker_schema() const {
    Worker worker;
    std::string where;
    Json schema = map_schema(readers_of_worker(worker, where));
    schema["description"] = "the program that does the runs; without it pbn_worker (docs/external-worker.md)";
    schema["oneOf"] = {{{"required", {"command"}}}, {{"required", {"script"}}}};
    schema["dependencies"] = {{"folder", {"files"}}, {"copy", {"files"}}};
    return schema;
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
        {"expected", reader_of_expected(base.expected)}};
  }

  YamlReader reader_of_expected(std::optional<ExpectedData>& data) const {
    ExpectedData nothing;
    Json schema = map_schema(readers_of_expected(nothing), {"skeleton", "box_pixels"});
    schema["description"] = "describes data files that do not exist yet, so that pbn plan knows sizes";
    return {[this, &data](const YamlEntry& entry) { data = expected(entry); }, schema};
  }

  static void read_base_entry(const YamlEntry& entry, GridText& result) {
    result.grid.base_file = text(entry);
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

  // `where_of_files` becomes the place of an entry that needs files.
  YamlReaders readers_of_worker(Worker& worker, std::string& where_of_files) const {
    const auto read_ranks = [&](const YamlEntry& inner) {
      const Json value = yaml_.value(inner.value, inner.value_where);
      if (!value.is_number_integer() || value < 1 || value > most_ranks) {
        throw usage_error(inner.value_where, "expected a whole number from 1", "worker.ranks: {} is not allowed",
                          value.dump());
      }
      if (worker.ranks != 1)
        throw usage_error(inner.where, "leave out worker.ranks", "run.ranks and worker.ranks are the same");
      worker.ranks = value;
    };
    const auto read_script = [&](const YamlEntry& inner) {
      worker.script_where = inner.value_where;
      worker.script = inner.value.IsSequence() ? command(inner) : split_script(text(inner), inner.value_where);
      names_in_script(worker.script, worker.script_where);
    };
    const auto read_command = [&](const YamlEntry& inner) { worker.command = command(inner); };
    YamlReaders readers{
        {"ranks", {read_ranks, number_schema("processes of a run, started together by mpirun", 1, most_ranks)}},
        {"script",
         {read_script,
          words_schema("a program that knows nothing of pbn; {name} stands for a setting, {seed} and {run} for the "
                       "run's seed and folder")}},
        {"command", {read_command, words_schema("a program that reads config.json and writes result.json")}}};
    readers.merge(readers_of_program(worker, where_of_files));
    return readers;
  }

  void read_worker(const YamlEntry& entry, Worker& worker) const {
    std::string where_of_files;
    yaml_.read_map(entry.value, entry.value_where, "worker.", readers_of_worker(worker, where_of_files));
    if (!where_of_files.empty() && worker.files.empty())
      throw usage_error(where_of_files, "add files: [train.py]", "worker: \"folder\" and \"copy\" belong to its files");
    if (!worker.command.empty() && worker.is_script())
      throw usage_error(worker.script_where, "give one of them", "worker: has both a command and a script");
    const std::vector<std::string>& words = worker.is_script() ? worker.script : worker.command;
    if (words.empty() || words[0].empty()) {
      throw usage_error(entry.where, "for example worker: {command: [python3, train.py]}", "worker: {}",
                        worker.script_where.empty() ? "has no command" : "its script is empty");
    }
  }

  // Of the files and the version of its program.
  YamlReaders readers_of_program(Worker& worker, std::string& where) const {
    const auto read_files = [&](const YamlEntry& inner) {
      if (!inner.value.IsSequence()) worker.files = {{text(inner), inner.value_where}};
      for (const auto& file : inner.value) {
        const std::string place = yaml_.place_of(file, inner.value_where);
        if (!file.IsScalar() || file.Scalar().empty()) throw usage_error(place, "", "worker.files: expected a path");
        worker.files.push_back({file.Scalar(), place});
      }
      if (worker.files.empty())
        throw usage_error(inner.value_where, "for example files: [train.py]", "worker.files: the list is empty");
    };
    const auto read_copy = [&](const YamlEntry& inner) {
      where = inner.value_where;
      worker.is_copied = yaml_.yes_or_no(inner, "worker.");
    };
    const auto read_folder = [&](const YamlEntry& inner) {
      where = inner.value_where;
      worker.folder = text(inner);
    };
    const auto read_version = [&](const YamlEntry& inner) {
      worker.version = command_word(inner.value, inner.value_where, "worker.version: expected a text");
    };
    return {{"files", {read_files, words_schema("files and folders of the program, which are part of its runs")}},
            {"copy", {read_copy, yes_or_no_schema("whether runs get a copy of the files; default: true")}},
            {"folder", {read_folder, text_schema("the folder of the files, relative to the grid")}},
            {"version", {read_version, text_schema("of the program; runs of another version are other runs")}}};
  }

  // The section `run` of an external worker, nested or dotted.
  void read_resources(const YamlEntry& entry, Worker& worker) const {
    static const GridKeys keys(false);
    if (!keys.is_key(entry.key, false)) {
      if (!keys.is_section(entry.key))
        throw usage_error(entry.where, keys.hint(entry.key), "unknown key \"{}\"", entry.key);
      for (YamlEntry inner : yaml_.entries(entry.value, entry.value_where)) {
        inner.key = entry.key + "." + inner.key;
        read_resources(inner, worker);
      }
      return;
    }
    if (entry.key == "run.ranks" && worker.ranks != 1)
      throw usage_error(entry.where, "leave out worker.ranks", "run.ranks and worker.ranks are the same");
    worker.set(entry.key, keys.checked(entry.key, yaml_.value(entry.value, entry.value_where), entry.value_where),
               entry.where);
  }

  static YamlReaders readers_of_result(Worker& worker) {
    const auto read_file_name = [&](const YamlEntry& inner) {
      worker.result_file = text(inner);
      const std::filesystem::path file = std::filesystem::path(worker.result_file).lexically_normal();
      static const std::vector<std::string> ours{"result.json", "config.json", "log"};
      if (file.is_absolute() || *file.begin() == ".." || !file.has_filename() || file == "." ||
          contains(ours, file.string())) {
        throw usage_error(inner.value_where, "give the script a folder {run}/files, and here files/NAME",
                          "result.file: \"{}\" is not a file of the script's own in the run's folder",
                          worker.result_file);
      }
    };
    return {{"file", {read_file_name, text_schema("the file in the run's folder with the script's figures")}}};
  }

  // Returns the place of the entry.
  std::string read_result(const YamlEntry& entry, Worker& worker) const {
    yaml_.read_map(entry.value, entry.value_where, "result.", readers_of_result(worker));
    if (worker.result_file.empty())
      throw usage_error(entry.where, "for example result: {file: out.json}", "result: has no file");
    return entry.where;
  }

  YamlReaders readers_of_expected(ExpectedData& data) const {
    const auto& names = config::shipped_skeleton_names();
    const auto read_skeleton = [&](const YamlEntry& inner) {
      data.skeleton = text(inner);
      if (std::find(names.begin(), names.end(), data.skeleton) == names.end()) {
        throw usage_error(inner.value_where, fmt::format("{}", fmt::join(names, ", ")),
                          "expected.skeleton: unknown skeleton \"{}\"", data.skeleton);
      }
    };
    const auto read_box = [&](const YamlEntry& inner) {
      const Json value = yaml_.value(inner.value, inner.value_where);
      if (!value.is_number_integer() || value < box_step || value > largest_box || value.get<int>() % box_step != 0) {
        throw usage_error(inner.value_where, "a multiple of 64", "expected.box_pixels: {} is not allowed",
                          value.dump());
      }
      data.box_pixels = value;
    };
    Json box_schema = number_schema("pixels of a person's square box, a multiple of 64", box_step, largest_box);
    box_schema["multipleOf"] = box_step;
    return {{"skeleton", {read_skeleton, choice_schema("the skeleton of the people", names)}},
            {"box_pixels", {read_box, box_schema}}};
  }

  ExpectedData expected(const YamlEntry& entry) const {
    ExpectedData expected;
    yaml_.read_map(entry.value, entry.value_where, "expected.", readers_of_expected(expected));
    if (expected.skeleton.empty() || expected.box_pixels == 0) {
      throw usage_error(entry.where, "for example expected: {skeleton: mpii16, box_pixels: 256}",
                        "expected: needs skeleton and box_pixels");
    }
    return expected;
  }

  std::vector<std::string> command(const YamlEntry& entry) const {
    std::vector<std::string> words;
    if (!entry.value.IsSequence()) return {command_word(entry.value, entry.value_where)};
    for (const auto& word : entry.value) words.push_back(command_word(word, entry.value_where));
    return words;
  }

  // A word that looks like a number is accepted only in JSON's spelling: 1.10 would reach the command as 1.1.
  std::string command_word(const YAML::Node& node, const std::string& entry_where,
                           const char* problem = "worker: expected a list of words") const {
    const std::string where = yaml_.place_of(node, entry_where);
    const Json word = yaml_.value(node, where);
    if (word.is_string()) return word;
    if (node.IsScalar() && word.dump() == node.Scalar()) return node.Scalar();
    throw usage_error(where, node.IsScalar() ? fmt::format("write {} or \"{}\"", word.dump(), node.Scalar()) : "", "{}",
                      problem);
  }

  static std::string text(const YamlEntry& entry) {
    if (!entry.value.IsScalar() || entry.value.Scalar().empty()) {
      throw usage_error(entry.value_where, "", "{}: expected text", entry.key);
    }
    return entry.value.Scalar();
  }

  void read_seeds(const YamlEntry& entry, GridText& result) const {
    Grid& grid = result.grid;
    grid.rule = read_seed_rule(yaml_, entry);
    result.rule_where = entry.value_where;
    grid.seeds = grid.rule ? parse_seeds(fmt::format("1..{}", grid.rule->most), entry.value_where) : seeds(entry);
  }

  std::vector<std::uint32_t> seeds(const YamlEntry& entry) const {
    const Json list = yaml_.value(entry.value, entry.value_where);
    if (!list.is_array())
      return parse_seeds(list.is_string() ? list.get<std::string>() : list.dump(), entry.value_where);
    if (list.empty()) throw usage_error(entry.value_where, "", "seeds: the list is empty");
    std::string text;
    for (const Json& seed : list) {
      text += (text.empty() ? "" : ",") + (seed.is_string() ? seed.get<std::string>() : seed.dump());
    }
    return parse_seeds(text, entry.value_where);
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
