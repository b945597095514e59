#include "orchestrator/commands/grid_options.h"

#include "base/counted.h"
#include "base/files.h"
#include "base/log.h"
#include "base/time.h"
#include "orchestrator/commands/auto_precision.h"
#include "orchestrator/grid/grid_advice.h"
#include "orchestrator/runs/known_data.h"
#include "orchestrator/runs/sweep_runs.h"

namespace pbn::commands {
namespace {

std::string options_as_comments(const grid::Grid& grid) {
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

}  // namespace

Options grid_options() {
  return {{.name = "set",
           .value = "KEY=VALUE",
           .help = "a setting that replaces the grid's, such as train.epochs=2; may be repeated",
           .is_repeatable = true},
          {.name = "only",
           .value = "KEY=VALUE,...",
           .help = "only the cells in which KEY has one of these values, such as model.width=32,64; may be repeated: a "
                   "cell must satisfy all",
           .is_repeatable = true},
          {"seeds", "LIST", "seeds that replace the grid's, such as 1..5 or 1,3,7..9"},
          {"base", "FILE", "a file of base settings, instead of the grid's own base (see experiments/bases/)"},
          store_option};
}

runs::RunStore store_of(const Arguments& arguments) { return runs::RunStore(arguments.text("store")); }

grid::Sweep planned_sweep(const Arguments& arguments, const std::string& grid, const slurm::SlurmProfile* profile) {
  const Stopwatch stopwatch;
  const runs::RunStore store = store_of(arguments);
  const grid::Grid read = grid::read_grid(
      grid, {arguments.texts("set"), arguments.texts("only"), arguments.text("seeds"), arguments.text("base")});
  grid::Sweep sweep = profile ? plan_for_cluster(read, store, *profile) : plan_as_recorded(read, store);
  detail("read {}: {}, {}, {}", grid, counted(sweep.cells.size(), "cell"),
         counted(runs::runs_of(sweep).ids().size(), "run"), stopwatch.in_words());
  runs::require_known_data(sweep.data, store, std::filesystem::exists(store.root() / "runs"));
  return sweep;
}

grid::Sweep planned_sweep(const Arguments& arguments) { return planned_sweep(arguments, arguments.text("GRID")); }

void note_advice(const grid::Sweep& sweep) {
  for (const std::string& sentence : grid::advice_about(sweep.grid)) note("{}", sentence);
}

std::filesystem::path record_sweep(const grid::Sweep& sweep, const runs::RunStore& store) {
  std::filesystem::path folder = store.sweeps() / sweep.folder_name();
  make_writable_folder(folder);
  std::vector<grid::DataFile> files = sweep.data;
  runs::require_known_data(files, store, true);  // before the first run is made
  write_atomically(folder / "sweep.yaml", options_as_comments(sweep.grid) + sweep.grid.text);
  if (!sweep.grid.base_text.empty()) write_atomically(folder / "base.yaml", sweep.grid.base_text);
  std::string cells;
  for (const grid::Cell& cell : sweep.cells) {
    Json runs = Json::array();
    for (const grid::Run& run : cell.runs) runs.push_back({{"seed", run.seed}, {"run", run.id}});
    cells +=
        canonical({{"cell", cell.id}, {"label", cell.label}, {"settings", cell.differing()}, {"runs", runs}}) + "\n";
  }
  write_atomically(folder / "cells.jsonl", cells);
  return folder;
}

}  // namespace pbn::commands
