#include <fmt/format.h>

#include "base/counted.h"
#include "base/error.h"
#include "base/log.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/commands/run_selection.h"
#include "orchestrator/runs/reported_curves.h"
#include "orchestrator/runs/run_archive.h"

namespace pbn::commands {
namespace {

// By their names in the sweep among the words; a run that is named alone has the first name that the store knows.
std::vector<runs::NamedRun> named_runs(const SelectedRuns& selected, const runs::RunStore& store) {
  std::vector<runs::NamedRun> runs;
  for (const std::string& run : selected.runs) {
    if (const auto name = selected.names.find(run); name != selected.names.end()) {
      runs.push_back({run, name->second});
    } else {
      const std::vector<runs::RunName> names = runs::names_of(store, run);
      runs.push_back({run, names.empty() ? "" : names.front().text});
    }
  }
  return runs;
}

int export_curves(const Arguments& arguments) {
  const std::string folder = arguments.text("tensorboard");
  const runs::RunStore store = store_of(arguments);
  const std::vector<runs::NamedRun> runs = named_runs(selected_runs(arguments, store), store);
  const runs::ExportedCurves exported = runs::export_for_tensorboard(store, runs, folder);
  const std::size_t left = runs.size() - exported.runs;
  if (arguments.has("json")) {
    print_facts({{"folder", folder},
                 {"runs", exported.runs},
                 {"curves", exported.curves},
                 {"points", exported.points},
                 {"without_numbers", left}});
    return 0;
  }
  fmt::print("{}, {}, {}: tensorboard --logdir {}\n", counted(exported.runs, "run"), counted(exported.curves, "curve"),
             counted(exported.points, "point"), folder);
  if (left > 0)
    fmt::print("{} left out.\n",
               counted(left, "run has reported no numbers yet and is", "runs have reported no numbers yet and are"));
  return 0;
}

int export_completed(const Arguments& arguments) {
  const std::string archive = arguments.text("out");
  require_new_file(archive, arguments);
  const runs::RunStore store = store_of(arguments);
  const std::vector<std::string> runs = selected_runs(arguments, store).runs;
  std::vector<std::string> completed;
  for (const std::string& run : runs) {
    const runs::ResultVerdict verdict = store.verdict(run);
    if (verdict.is_whole()) completed.push_back(run);
    if (verdict.is_damaged()) note("{}: {}", described(store, run), verdict.why);
  }
  if (completed.empty())
    throw usage_error("export", "pbn status shows their states", "none of these runs is completed");
  const runs::ExportedRuns exported = runs::export_runs(store, completed, archive, !arguments.has("without-weights"));
  const std::size_t left = runs.size() - completed.size();
  if (arguments.has("json")) {
    print_facts({{"archive", archive},
                 {"runs", exported.runs},
                 {"files", exported.files},
                 {"bytes", exported.bytes},
                 {"not_completed", left}});
    return 0;
  }
  fmt::print("{}, {}, {:.1f} MB: {}\n", counted(exported.runs, "run"), counted(exported.files, "file"),
             1e-6 * static_cast<double>(exported.bytes), archive);
  if (left > 0) fmt::print("{} not completed and left out.\n", counted(left, "run is", "runs are"));
  return 0;
}

int export_chosen(const Arguments& arguments) {
  if (arguments.has("out") == arguments.has("tensorboard")) {
    throw usage_error("export", "for example --out runs.tar, or --tensorboard curves", "{}",
                      arguments.has("out") ? "--out and --tensorboard do not go together" : "--out is missing");
  }
  return arguments.has("out") ? export_completed(arguments) : export_curves(arguments);
}

}  // namespace

Command export_command() {
  return {
      .name = "export",
      .summary = "pack completed runs into one file, for another store; or write curves for TensorBoard",
      .description =
          R"(Writes a tar archive with the configuration, result, predictions, weights, metrics and log of every completed
run, and with the SHA-256 of each file. pbn import takes them into another store. A name that ends in .xz asks for
compression.

With --tensorboard, writes every number that the runs have reported to metrics.jsonl, and the figures of their results,
as TensorBoard's event files instead: a folder in DIR for each run, also of runs that are not completed. A second export
replaces the files of the first.)",
      .positionals = {runs_positional},
      .options = joined({grid_options(),
                         {{"out", "FILE.tar[.xz]", "the archive to write"},
                          {"tensorboard", "DIR", "write curves as event files into this folder; no archive"},
                          {"without-weights", "", "leave the weights out; figures and predictions are exported"},
                          {"force", "", "replace the archive if it exists"},
                          json_option}}),
      .examples =
          "pbn export my.yaml --out my-runs.tar\npbn export 7f32 a01b --out two.tar.xz --without-weights\n"
          "pbn export my.yaml --tensorboard curves && tensorboard --logdir curves",
      .run = export_chosen,
      .input_files = {"base"}};
}

}  // namespace pbn::commands
