#include <fmt/format.h>

#include "base/counted.h"
#include "base/error.h"
#include "base/log.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/commands/run_selection.h"
#include "orchestrator/runs/run_archive.h"

namespace pbn::commands {
namespace {

int export_completed(const Arguments& arguments) {
  if (!arguments.has("out")) throw usage_error("export", "for example --out runs.tar", "--out is missing");
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

}  // namespace

Command export_command() {
  return {
      .name = "export",
      .summary = "pack completed runs into one file, for another store",
      .description =
          R"(Writes a tar archive with the configuration, result, predictions, weights, metrics and log of every completed
run, and with the SHA-256 of each file. pbn import takes them into another store.)",
      .positionals = {runs_positional},
      .options = joined({grid_options(),
                         {{"out", "FILE.tar", "the archive to write"},
                          {"without-weights", "", "leave the weights out; figures and predictions are exported"},
                          {"force", "", "replace the archive if it exists"},
                          json_option}}),
      .examples = "pbn export my.yaml --out my-runs.tar\npbn export 7f32 a01b --out two.tar --without-weights",
      .run = export_completed,
      .input_files = {"base"}};
}

}  // namespace pbn::commands
