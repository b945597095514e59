#include "orchestrator/commands/grid_options.h"

#include "base/files.h"

namespace pbn {

namespace po = boost::program_options;

const Positional grid_positional{"GRID", "the study, a YAML file (see experiments/)"};

void add_grid_options(OptionsDescription& options) {
  options.add_options()("set", po::value<std::vector<std::string>>()->composing()->value_name("KEY=VALUE"),
                        "a setting that wins over the grid's, such as train.epochs=2; may be repeated")(
      "store", po::value<std::string>()->default_value(".")->value_name("DIR"), "where runs/ and sweeps/ are kept");
}

Sweep planned_sweep(const Arguments& arguments) {
  std::vector<std::string> overrides;
  if (arguments.count("set")) overrides = arguments["set"].as<std::vector<std::string>>();
  return plan_sweep(read_grid(arguments["GRID"].as<std::string>(), overrides));
}

RunStore store_of(const Arguments& arguments) { return RunStore(arguments["store"].as<std::string>()); }

std::filesystem::path record_sweep(const Sweep& sweep, const RunStore& store) {
  const std::filesystem::path folder = store.root() / "sweeps" / sweep.folder_name();
  make_writable_folder(folder);
  std::string grid;
  for (const std::string& setting : sweep.grid.overrides) grid += "# --set " + Json(setting).dump() + "\n";
  write_atomically(folder / "sweep.yaml", grid + sweep.grid.text);
  std::string cells;
  for (const Cell& cell : sweep.cells) {
    Json runs = Json::array();
    for (const Run& run : cell.runs) runs.push_back({{"seed", run.seed}, {"run", run.id}});
    cells += canonical({{"cell", cell.id}, {"label", cell.label}, {"settings", cell.differing}, {"runs", runs}}) + "\n";
  }
  write_atomically(folder / "cells.jsonl", cells);
  return folder;
}

}  // namespace pbn
