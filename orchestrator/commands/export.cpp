#include <fmt/format.h>

#include "base/counted.h"
#include "base/error.h"
#include "base/log.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/commands/run_selection.h"
#include "orchestrator/runs/run_archive.h"

namespace pbn {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;

int export_completed(const Arguments& arguments) {
  if (!arguments.count("out")) throw usage_error("export", "for example --out runs.tar", "--out is missing");
  const fs::path archive = arguments["out"].as<std::string>();
  if (fs::exists(archive) && !arguments.count("force")) {
    throw usage_error(archive.string(), "add --force to replace it", "is there already");
  }
  const RunStore store = store_of(arguments);
  const SelectedRuns selected = runs_named(arguments, store, arguments["RUN"].as<std::vector<std::string>>());
  std::vector<std::string> completed;
  for (const std::string& run : selected.runs) {
    const ResultVerdict verdict = store.verdict(run);
    if (verdict.is_whole()) completed.push_back(run);
    if (verdict.is_damaged()) note("{}: {}", described(store, run), verdict.why);
  }
  if (completed.empty())
    throw usage_error("export", "pbn status tells how far they are", "none of these runs is completed");
  const ExportedRuns exported = export_runs(store, completed, archive, !arguments.count("without-weights"));
  const std::size_t left = selected.runs.size() - completed.size();
  if (arguments.count("json")) {
    print_facts({{"archive", archive.string()},
                 {"runs", exported.runs},
                 {"files", exported.files},
                 {"bytes", exported.bytes},
                 {"not_completed", left}});
    return 0;
  }
  fmt::print("{}, {}, {:.1f} MB: {}\n", counted(exported.runs, "run"), counted(exported.files, "file"),
             1e-6 * static_cast<double>(exported.bytes), archive.string());
  if (left > 0) {
    fmt::print("{} not completed and {} left out.\n", counted(left, "run is", "runs are"), left == 1 ? "is" : "are");
  }
  return 0;
}

}  // namespace

Command export_command() {
  Command command;
  command.name = "export";
  command.summary = "put completed runs into one file, for another store";
  command.description =
      "Writes a tar archive with the configuration, result, predictions, weights, metrics and log of every completed\n"
      "run, and with the SHA-256 of each file. pbn import takes it into another store.";
  command.positionals = {{"RUN", runs_word_help, true, true}};
  command.reads = {"base"};
  add_grid_options(command.options);
  command.options.add_options()("out", po::value<std::string>()->value_name("FILE.tar"), "the archive to write")(
      "without-weights", "leave the weights out of the archive; figures and predictions remain")(
      "force", "replace an archive that is there already");
  add_json_option(command.options);
  command.examples = "pbn export my.yaml --out my-runs.tar\npbn export 7f32 a01b --out two.tar --without-weights";
  command.run = export_completed;
  return command;
}

}  // namespace pbn
