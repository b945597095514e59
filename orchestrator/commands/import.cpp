#include <fmt/format.h>

#include "base/counted.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/commands/run_selection.h"
#include "orchestrator/runs/run_archive.h"

namespace pbn {
namespace {

using Fate = ImportedRun::Fate;
using Runs = std::vector<ImportedRun>;

std::vector<std::string> ids_of(const Runs& runs, Fate fate) {
  std::vector<std::string> ids;
  for (const ImportedRun& run : runs) {
    if (run.fate == fate) ids.push_back(run.run);
  }
  return ids;
}

Json facts_of(const Runs& runs) {
  return {{"taken", ids_of(runs, Fate::taken)},
          {"same", ids_of(runs, Fate::same)},
          {"differing", ids_of(runs, Fate::differing)},
          {"held", ids_of(runs, Fate::held)}};
}

void print(const Runs& runs, const RunStore& store) {
  for (const std::string& run : ids_of(runs, Fate::held)) {
    fmt::print("{} is being carried out here, and is left to that.\n", described(store, run));
  }
  for (const std::string& run : ids_of(runs, Fate::differing)) {
    fmt::print("{} has a result here with another outcome, which stays.\n", described(store, run));
  }
  fmt::print("{} taken, {} here with the same outcome, {} with another one.\n",
             counted(ids_of(runs, Fate::taken).size(), "run"), counted(ids_of(runs, Fate::same).size(), "was", "were"),
             ids_of(runs, Fate::differing).size());
}

int import_archive(const Arguments& arguments) {
  const RunStore store = store_of(arguments);
  const Runs runs = import_runs(store, arguments["FILE"].as<std::string>());
  arguments.count("json") ? print_facts(facts_of(runs)) : print(runs, store);
  return ids_of(runs, Fate::differing).empty() ? 0 : 1;
}

}  // namespace

Command import_command() {
  Command command;
  command.name = "import";
  command.summary = "take runs from an archive that pbn export has written";
  command.description =
      "Everything is verified before the first run is taken: names, sizes, digests, and that each result is of its "
      "run;\n"
      "whatever is strange is refused (exit code 65) and leaves nothing behind. A run that has a result here keeps "
      "it.\n"
      "Exit code 1: some results here have another outcome than those in the archive.";
  command.positionals = {{"FILE", "the archive, as pbn export wrote it"}};
  command.reads = {"FILE"};
  add_store_option(command.options);
  add_json_option(command.options);
  command.examples = "pbn import my-runs.tar\npbn import my-runs.tar --store /scratch/me";
  command.run = import_archive;
  return command;
}

}  // namespace pbn
