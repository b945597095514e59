#include "orchestrator/commands/grid_options.h"

#include "base/counted.h"
#include "base/files.h"
#include "base/log.h"
#include "base/time.h"
#include "orchestrator/commands/auto_precision.h"
#include "orchestrator/grid/grid_advice.h"
#include "orchestrator/runs/known_data.h"

namespace pbn {

namespace po = boost::program_options;
namespace {

std::string options_as_comments(const Grid& grid) {
  std::string lines;
  for (const std::string& setting : grid.options.set) lines += "# --set " + Json(setting).dump() + "\n";
  for (const std::string& condition : grid.options.only) lines += "# --only " + Json(condition).dump() + "\n";
  if (!grid.options.seeds.empty()) lines += "# --seeds " + Json(grid.options.seeds).dump() + "\n";
  if (!grid.base_file.empty()) lines += "# --base " + Json(grid.base_file).dump() + "\n";
  return lines;
}

}  // namespace

const Positional grid_positional{"GRID", "the study, a YAML file (see experiments/)"};

void add_grid_options(OptionsDescription& options) {
  using Texts = std::vector<std::string>;
  options.add_options()("set", po::value<Texts>()->composing()->value_name("KEY=VALUE"),
                        "a setting that takes the place of the grid's, such as train.epochs=2; may be repeated")(
      "only", po::value<Texts>()->composing()->value_name("KEY=VALUE,..."),
      "only the cells with one of these values, such as model.width=32,64; may be repeated: all must fit")(
      "seeds", po::value<std::string>()->default_value("")->value_name("LIST"),
      "seeds instead of the grid's, such as 1..5 or 1,3,7..9")(
      "base", po::value<std::string>()->default_value("")->value_name("FILE"),
      "a file of settings that the grid's go over, instead of its own base (see experiments/bases/)");
  add_store_option(options);
}

void add_store_option(OptionsDescription& options) {
  options.add_options()("store", po::value<std::string>()->default_value(".")->value_name("DIR"),
                        "the folder with runs/ and sweeps/");
}

namespace {

Grid grid_of(const Arguments& arguments, const std::string& grid) {
  const auto texts = [&](const char* option) {
    return arguments.count(option) ? arguments[option].as<std::vector<std::string>>() : std::vector<std::string>{};
  };
  return read_grid(
      grid, {texts("set"), texts("only"), arguments["seeds"].as<std::string>(), arguments["base"].as<std::string>()});
}

Sweep planned_by(const auto& plan, const Arguments& arguments, const std::string& grid) {
  const Stopwatch stopwatch;
  const RunStore store = store_of(arguments);
  Sweep sweep = plan(grid_of(arguments, grid), store);
  std::size_t runs = 0;
  for (const Cell& cell : sweep.cells) runs += cell.runs.size();
  detail("read {}: {}, {}, {}", grid, counted(sweep.cells.size(), "cell"), counted(runs, "run"), stopwatch.in_words());
  require_known_data(sweep.data, store, std::filesystem::exists(store.root() / "runs"));
  return sweep;
}

}  // namespace

Sweep planned_sweep(const Arguments& arguments) {
  return planned_sweep(arguments, arguments["GRID"].as<std::string>());
}

Sweep planned_sweep(const Arguments& arguments, const std::string& grid) {
  return planned_by(plan_as_recorded, arguments, grid);
}

Sweep planned_sweep(const Arguments& arguments, const SlurmProfile& profile) {
  const auto plan = [&](const Grid& grid, const RunStore& store) { return plan_for_cluster(grid, store, profile); };
  return planned_by(plan, arguments, arguments["GRID"].as<std::string>());
}

void note_advice(const Sweep& sweep) {
  for (const std::string& sentence : advice_about(sweep.grid)) note("{}", sentence);
}

RunStore store_of(const Arguments& arguments) { return RunStore(arguments["store"].as<std::string>()); }

std::filesystem::path record_sweep(const Sweep& sweep, const RunStore& store) {
  const std::filesystem::path folder = store.root() / "sweeps" / sweep.folder_name();
  make_writable_folder(folder);
  std::vector<DataFile> files = sweep.data;
  require_known_data(files, store, true);  // before the first run is made
  write_atomically(folder / "sweep.yaml", options_as_comments(sweep.grid) + sweep.grid.text);
  if (!sweep.grid.base_text.empty()) write_atomically(folder / "base.yaml", sweep.grid.base_text);
  std::string cells;
  for (const Cell& cell : sweep.cells) {
    Json runs = Json::array();
    for (const Run& run : cell.runs) runs.push_back({{"seed", run.seed}, {"run", run.id}});
    cells +=
        canonical({{"cell", cell.id}, {"label", cell.label}, {"settings", cell.differing()}, {"runs", runs}}) + "\n";
  }
  write_atomically(folder / "cells.jsonl", cells);
  return folder;
}

}  // namespace pbn
