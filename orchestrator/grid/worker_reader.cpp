#include "orchestrator/grid/worker_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "orchestrator/grid/grid_keys.h"
#include "orchestrator/grid/json_schema.h"
#include "orchestrator/grid/script_words.h"

namespace pbn::grid {
namespace {

constexpr int most_ranks = 100000;

Json words_schema(const char* help) {
  Json schema = text_schema(help);
  schema["items"] = text_schema(help);
  schema["type"].push_back("array");
  schema["minItems"] = 1;
  return schema;
}

// A word that looks like a number is accepted only in JSON's spelling: 1.10 would reach the command as 1.1.
std::string command_word(const StrictYaml& yaml, const YAML::Node& node, const std::string& entry_where,
                         const char* problem = "worker: expected a list of words") {
  const std::string where = yaml.place_of(node, entry_where);
  const Json word = yaml.value(node, where);
  if (word.is_string()) return word;
  if (node.IsScalar() && word.dump() == node.Scalar()) return node.Scalar();
  throw usage_error(where, node.IsScalar() ? fmt::format("write {} or \"{}\"", word.dump(), node.Scalar()) : "", "{}",
                    problem);
}

std::vector<std::string> command(const StrictYaml& yaml, const YamlEntry& entry) {
  std::vector<std::string> words;
  if (!entry.value.IsSequence()) return {command_word(yaml, entry.value, entry.value_where)};
  for (const auto& word : entry.value) words.push_back(command_word(yaml, word, entry.value_where));
  return words;
}

void require_ranks_once(const Worker& worker, const std::string& where) {
  if (worker.ranks != 1) throw usage_error(where, "leave out worker.ranks", "run.ranks and worker.ranks are the same");
}

std::vector<FilePattern> files(const StrictYaml& yaml, const YamlEntry& entry) {
  if (!entry.value.IsSequence()) return {{StrictYaml::text(entry), entry.value_where}};
  std::vector<FilePattern> files;
  for (const auto& file : entry.value) {
    const std::string place = yaml.place_of(file, entry.value_where);
    if (!file.IsScalar() || file.Scalar().empty()) throw usage_error(place, "", "worker.files: expected a path");
    files.push_back({file.Scalar(), place});
  }
  if (files.empty())
    throw usage_error(entry.value_where, "for example files: [train.py]", "worker.files: the list is empty");
  return files;
}

// Of the files and the version of its program. `where_of_files` becomes the place of an entry that needs files.
YamlReaders readers_of_program(const StrictYaml& yaml, Worker& worker, std::string& where_of_files) {
  const auto read_files = [&](const YamlEntry& entry) { worker.files = files(yaml, entry); };
  const auto read_copy = [&](const YamlEntry& entry) {
    where_of_files = entry.value_where;
    worker.is_copied = yaml.yes_or_no(entry, "worker.");
  };
  const auto read_folder = [&](const YamlEntry& entry) {
    where_of_files = entry.value_where;
    worker.folder = StrictYaml::text(entry);
  };
  const auto read_version = [&](const YamlEntry& entry) {
    worker.version = command_word(yaml, entry.value, entry.value_where, "worker.version: expected a text");
  };
  return {{"files", {read_files, words_schema("files and folders of the program, which are part of its runs")}},
          {"copy", {read_copy, yes_or_no_schema("whether runs get a copy of the files; default: true")}},
          {"folder", {read_folder, text_schema("the folder of the files, relative to the grid")}},
          {"version", {read_version, text_schema("of the program; runs of another version are other runs")}}};
}

YamlReaders readers_of_worker(const StrictYaml& yaml, Worker& worker, std::string& where_of_files) {
  const auto read_ranks = [&](const YamlEntry& entry) {
    require_ranks_once(worker, entry.where);
    worker.ranks = yaml.whole_number(entry, 1, most_ranks, "worker.");
  };
  const auto read_script = [&](const YamlEntry& entry) {
    worker.script_where = entry.value_where;
    worker.script =
        entry.value.IsSequence() ? command(yaml, entry) : split_script(StrictYaml::text(entry), entry.value_where);
    names_in_script(worker.script, worker.script_where);
  };
  const auto read_command = [&](const YamlEntry& entry) { worker.command = command(yaml, entry); };
  YamlReaders readers{
      {"ranks", {read_ranks, number_schema("processes of a run, started together by mpirun", 1, most_ranks)}},
      {"script",
       {read_script,
        words_schema("a program that knows nothing of pbn; {name} stands for a setting, {seed} and {run} for the "
                     "run's seed and folder")}},
      {"command", {read_command, words_schema("a program that reads config.json and writes result.json")}}};
  readers.merge(readers_of_program(yaml, worker, where_of_files));
  return readers;
}

YamlReaders readers_of_result(Worker& worker) {
  const auto read_file_name = [&](const YamlEntry& entry) {
    worker.result_file = StrictYaml::text(entry);
    const std::filesystem::path file = std::filesystem::path(worker.result_file).lexically_normal();
    static const std::vector<std::string> ours{"result.json", "config.json", "log"};
    if (file.is_absolute() || *file.begin() == ".." || !file.has_filename() || file == "." ||
        std::find(ours.begin(), ours.end(), file) != ours.end()) {
      throw usage_error(entry.value_where, "give the script a folder {run}/files, and here files/NAME",
                        "result.file: \"{}\" is not a file of the script's own in the run's folder",
                        worker.result_file);
    }
  };
  return {{"file", {read_file_name, text_schema("the file in the run's folder with the script's figures")}}};
}

}  // namespace

void read_worker(const StrictYaml& yaml, const YamlEntry& entry, Worker& worker) {
  std::string where_of_files;
  yaml.read_map(entry.value, entry.value_where, "worker.", readers_of_worker(yaml, worker, where_of_files));
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

void read_result(const StrictYaml& yaml, const YamlEntry& entry, Worker& worker) {
  yaml.read_map(entry.value, entry.value_where, "result.", readers_of_result(worker));
  if (worker.result_file.empty())
    throw usage_error(entry.where, "for example result: {file: out.json}", "result: has no file");
}

void read_resources(const StrictYaml& yaml, const YamlEntry& entry, Worker& worker) {
  static const GridKeys keys(false);  // of pbn_worker, which mean the same here
  if (!keys.is_key(entry.key, false)) {
    if (!keys.is_section(entry.key))
      throw usage_error(entry.where, keys.hint(entry.key), "unknown key \"{}\"", entry.key);
    for (YamlEntry inner : yaml.entries(entry.value, entry.value_where)) {
      inner.key = entry.key + "." + inner.key;
      read_resources(yaml, inner, worker);
    }
    return;
  }
  if (entry.key == "run.ranks") require_ranks_once(worker, entry.where);
  worker.set(entry.key, keys.checked(entry.key, yaml.value(entry.value, entry.value_where), entry.value_where),
             entry.where);
}

Json worker_schema() {
  const StrictYaml nothing("{}", "");
  Worker worker;
  std::string where;
  Json schema = map_schema(readers_of_worker(nothing, worker, where));
  schema["description"] = "the program that does the runs; without it pbn_worker (docs/external-worker.md)";
  schema["oneOf"] = {{{"required", {"command"}}}, {{"required", {"script"}}}};
  schema["dependencies"] = {{"folder", {"files"}}, {"copy", {"files"}}};
  return schema;
}

Json result_schema() {
  Worker worker;
  return map_schema(readers_of_result(worker), {"file"});
}

}  // namespace pbn::grid
