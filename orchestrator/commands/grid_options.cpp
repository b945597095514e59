#include "orchestrator/commands/grid_options.h"

#include <algorithm>
#include <optional>

#include "base/counted.h"
#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/suggestion.h"
#include "base/time.h"
#include "orchestrator/commands/auto_precision.h"
#include "orchestrator/grid/grid_advice.h"
#include "orchestrator/report/content/seed_rounds.h"
#include "orchestrator/runs/known_data.h"
#include "orchestrator/runs/sweep_record.h"
#include "orchestrator/runs/sweep_runs.h"

namespace pbn::commands {
namespace fs = std::filesystem;
namespace {

grid::GridOptions options_of(const Arguments& arguments) {
  return {arguments.texts("set"), arguments.texts("only"), arguments.text("seeds"), arguments.text("base")};
}

bool is_file(const std::string& word) {
  std::error_code unreachable;  // for example a name that is too long
  return std::filesystem::exists(word, unreachable) && !std::filesystem::is_directory(word, unreachable);
}

// The sweep that `word` names, but not the grid file of another one.
std::optional<runs::SweepRecord> record_named(const std::string& word, const runs::RunStore& store) {
  const std::string sweep = recorded_name(store, word);
  if (!sweep.empty()) return runs::read_sweep_record(store, sweep);
  if (is_file(word)) return {};
  throw usage_error(word, suggestion(word, runs::recorded_sweeps(store)),
                    "is neither a grid file nor a sweep of this store");
}

void note_other_folder(const runs::SweepRecord& record) {
  const std::string here = std::filesystem::current_path().string();
  if (record.folder.empty() || record.folder == here) return;
  note("{} was started in {}; relative paths of its grid are now read from {}", record.sweep, record.folder, here);
}

// Data that were made again, and weights that were trained again, are another sweep under the old name.
void require_same_runs(const runs::SweepRecord& record, const grid::Sweep& sweep) {
  const std::string now = sweep.folder_name();
  if (!sweep.missing.empty() || now.ends_with(record.sweep.substr(record.sweep.rfind('-') + 1))) return;
  throw data_error(record.sweep, "name the grid file to start a new sweep",
                   "its data have changed since it was started: its cells would be the sweep {}", now);
}

// The newest sweep of the grid that has another program; nothing if one has this program.
std::optional<runs::SweepRecord> sweep_with_other_program(const grid::Sweep& sweep, const runs::RunStore& store) {
  std::optional<runs::SweepRecord> newest;
  for (const std::string& name : runs::sweeps_called(store, sweep.grid.name)) {
    runs::SweepRecord record = runs::read_sweep_record(store, name);
    if (!record.program.is_listed()) continue;
    if (record.program.digest == sweep.grid.worker.program.digest) return {};
    if (!newest || record.began > newest->began) newest = std::move(record);
  }
  return newest;
}

void note_changed_program(const grid::Sweep& sweep, const runs::RunStore& store) {
  const grid::ProgramFiles& program = sweep.grid.worker.program;
  const auto earlier = program.is_listed() ? sweep_with_other_program(sweep, store) : std::nullopt;
  if (!earlier) return;
  const std::vector<std::string> files = grid::differing_files(program.files, earlier->program.files);
  note("{}{} from the program of {}, so that these are other runs; pbn run {} continues the earlier ones",
       grid::names_in_words(files), grid::differs_or_differ(files), earlier->sweep, earlier->sweep);
}

// Under a rule of seeds, cells are compared with a baseline.
void note_selection_without_comparisons(const grid::Sweep& sweep) {
  const auto is_baseline = [](const grid::Cell& cell) { return cell.is_baseline; };
  const auto baselines = std::ranges::count_if(sweep.cells, is_baseline);
  if (!sweep.grid.rule || (baselines > 0 && baselines < std::ssize(sweep.cells))) return;
  note("--only selects {}, so that nothing is compared: each cell gets the {} seeds that the rule begins with",
       baselines == 0 ? "no baseline" : "baselines alone", sweep.grid.rule->least);
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

bool has_grid_options(const Arguments& arguments) { return options_of(arguments).any(); }

std::string recorded_name(const runs::RunStore& store, const std::string& word) {
  const fs::path path = fs::path(word).lexically_normal();
  std::string last = (path.has_filename() ? path.filename() : path.parent_path().filename()).string();
  const fs::path folder = store.sweeps() / last;
  std::error_code unreachable;  // for example a name that is too long
  const bool is_recorded =
      !last.empty() && last != "." && last != ".." && fs::exists(folder / "cells.jsonl", unreachable);
  if (is_recorded && (last == word || (fs::is_directory(word, unreachable) && fs::equivalent(word, folder))))
    return last;
  if (is_file(word)) return "";
  const std::vector<std::string> sweeps = runs::sweeps_called(store, word);
  if (sweeps.empty()) return "";
  if (sweeps.size() == 1) return sweeps[0];
  std::string list;
  for (const std::string& sweep : sweeps) {
    const std::string overridden = runs::in_words(runs::read_sweep_record(store, sweep).options);
    list += fmt::format("{}{}{}", list.empty() ? "" : ", ", sweep, overridden.empty() ? "" : " (" + overridden + ")");
  }
  throw usage_error(word, "give the whole name of one", "is the name of {} sweeps: {}", sweeps.size(), list);
}

runs::RunStore store_of(const Arguments& arguments) { return runs::RunStore(arguments.text("store")); }

grid::Sweep planned_sweep(const Arguments& arguments, const std::string& grid, const slurm::SlurmProfile* profile) {
  const Stopwatch stopwatch;
  const runs::RunStore store = store_of(arguments);
  const grid::GridOptions options = options_of(arguments);
  const std::optional<runs::SweepRecord> record = record_named(grid, store);
  if (record) note_other_folder(*record);
  const grid::Grid read = record ? runs::recorded_grid(store, *record, options) : grid::read_grid(grid, options);
  grid::Sweep sweep = profile ? plan_for_cluster(read, store, *profile) : plan_as_recorded(read, store);
  report::keep_asked_seeds(sweep, store);
  detail("read {}: {}, {}, {}", grid, counted(sweep.cells.size(), "cell"),
         counted(runs::runs_of(sweep).ids().size(), "run"), stopwatch.in_words());
  runs::require_known_data(sweep.data, store, std::filesystem::exists(store.root() / "runs"));
  if (record && !options.any()) require_same_runs(*record, sweep);
  return sweep;
}

grid::Sweep planned_sweep(const Arguments& arguments) { return planned_sweep(arguments, arguments.text("GRID")); }

grid::Sweep with_next_seeds(const grid::Sweep& sweep, const runs::RunStore& store) {
  grid::Sweep next = plan_as_recorded(sweep.grid, store);
  report::keep_asked_seeds(next, store);
  return next;
}

void note_advice(const grid::Sweep& sweep, const runs::RunStore& store) {
  for (const std::string& sentence : grid::advice_about(sweep.grid)) note("{}", sentence);
  note_changed_program(sweep, store);
  note_selection_without_comparisons(sweep);
}

std::filesystem::path record_sweep(const grid::Sweep& sweep, const runs::RunStore& store) {
  std::filesystem::path folder = store.sweeps() / sweep.folder_name();
  make_writable_folder(folder);
  std::vector<grid::DataFile> files = sweep.data;
  runs::require_known_data(files, store, true);  // before the first run is made
  runs::write_sweep_record(sweep, store);
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
