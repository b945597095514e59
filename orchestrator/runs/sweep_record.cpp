#include "orchestrator/runs/sweep_record.h"

#include <algorithm>
#include <sstream>

#include "base/error.h"
#include "base/files.h"
#include "base/time.h"
#include "orchestrator/runs/lenient_json.h"
#include "orchestrator/runs/program_copy.h"
#include "orchestrator/runs/sweep_runs.h"

namespace pbn::runs {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t hash_length = 9;  // of "-f5c6d481"

std::string option_comments(const grid::Grid& grid) {
  std::string lines;
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) lines += fmt::format("# --{} {}\n", option, Json(value).dump());
  };
  for (const std::string& setting : grid.options.set) add("set", setting);
  for (const std::string& condition : grid.options.only) add("only", condition);
  add("seeds", grid.options.seeds);
  add("base", grid.base_file);
  return lines;
}

// Calls found(option, value) for every option in the comments at the text's beginning; returns where they end.
std::size_t read_option_comments(const std::string& text, const auto& found) {
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const std::string line = text.substr(begin, end - begin);
    const auto value_begin = line.find(" \"");
    if (!line.starts_with("# --") || value_begin == std::string::npos) break;
    const Json value = Json::parse(line.substr(value_begin + 1), nullptr, false);
    if (!value.is_string()) break;
    found(line.substr(4, value_begin - 4), value.get<std::string>());
  }
  return begin;
}

std::vector<std::string> texts_at(const Json& object, const char* name) {
  std::vector<std::string> texts;
  for (const Json& text : at_path(object, name)) {
    if (text.is_string()) texts.push_back(text);
  }
  return texts;
}

grid::GridOptions options_in_comments(const fs::path& file) {
  grid::GridOptions options;
  if (!fs::exists(file)) return options;
  read_option_comments(read_file(file), [&](const std::string& option, const std::string& value) {
    if (option == "set") options.set.push_back(value);
    if (option == "only") options.only.push_back(value);
    if (option == "seeds") options.seeds = value;
  });
  return options;
}

std::string without_hash(const std::string& sweep) {
  return sweep.substr(0, sweep.size() - std::min(sweep.size(), hash_length));
}

}  // namespace

SweepRecord read_sweep_record(const RunStore& store, const std::string& sweep) {
  const fs::path folder = store.sweeps() / sweep;
  const Json started = object_in(folder / "started.json");
  if (started.empty()) return {sweep, without_hash(sweep), "", "", options_in_comments(folder / "sweep.yaml")};
  const Json& options = at_path(started, "options");
  return {sweep,
          text_at(started, "name"),
          text_at(started, "folder"),
          text_at(started, "began"),
          {texts_at(options, "set"), texts_at(options, "only"), text_at(options, "seeds"), text_at(options, "base")},
          kept_program(store, text_at(started, "program.digest"), text_at(started, "program.folder"))};
}

void write_sweep_record(const grid::Sweep& sweep, const RunStore& store) {
  const grid::Grid& grid = sweep.grid;
  const fs::path folder = store.sweeps() / sweep.folder_name();
  const std::size_t comments = read_option_comments(grid.text, [](const std::string&, const std::string&) {});
  write_atomically(folder / "sweep.yaml", option_comments(grid) + grid.text.substr(comments));
  if (!grid.base_text.empty()) write_atomically(folder / "base.yaml", grid.base_text);
  const std::string began = text_at(object_in(folder / "started.json"), "began");
  Json started = {{"name", grid.name},
                  {"grid", grid.file},
                  {"folder", fs::current_path().string()},
                  {"began", began.empty() ? utc_now() : began},
                  {"options", to_json(grid.options)}};
  const grid::ProgramFiles& program = grid.worker.program;
  if (program.is_listed()) started["program"] = {{"digest", program.digest}, {"folder", program.folder.string()}};
  keep_program(grid.worker, store);
  write_json(folder / "started.json", started);
}

std::vector<std::string> sweeps_called(const RunStore& store, const std::string& name) {
  std::vector<std::string> found;
  for (const std::string& sweep : recorded_sweeps(store)) {
    if (without_hash(sweep) == name || read_sweep_record(store, sweep).name == name) found.push_back(sweep);
  }
  return found;
}

grid::Grid recorded_grid(const RunStore& store, const SweepRecord& record, const grid::GridOptions& further) {
  const fs::path folder = store.sweeps() / record.sweep, file = folder / "sweep.yaml", base = folder / "base.yaml";
  if (!further.base.empty()) {
    throw usage_error("--base", "name the grid file", "{} is a sweep, which has its base", record.sweep);
  }
  if (!fs::exists(file)) throw usage_error(file.string(), "name the grid file", "the sweep's grid is missing");
  grid::GridOptions options = record.options;
  options.set.insert(options.set.end(), further.set.begin(), further.set.end());
  options.only.insert(options.only.end(), further.only.begin(), further.only.end());
  if (!further.seeds.empty()) options.seeds = further.seeds;
  return grid::parse_grid({record.name, file.string(), read_file(file), fs::exists(base) ? base.string() : "",
                           fs::exists(base) ? read_file(base) : "", record.program},
                          options);
}

std::string in_words(const grid::GridOptions& options) {
  std::string words;
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) words += fmt::format("{}--{} {}", words.empty() ? "" : " ", option, value);
  };
  for (const std::string& setting : options.set) add("set", setting);
  for (const std::string& condition : options.only) add("only", condition);
  add("seeds", options.seeds);
  add("base", options.base);
  return words;
}

Json to_json(const grid::GridOptions& options) {
  return {{"set", options.set}, {"only", options.only}, {"seeds", options.seeds}, {"base", options.base}};
}

}  // namespace pbn::runs
