#include <fmt/format.h>

#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/commands/run_selection.h"
#include "orchestrator/runs/run_archive.h"

namespace pbn {
namespace {

int import_archive(const Arguments& arguments) {
  const RunStore store = store_of(arguments);
  int taken = 0, same = 0, differing = 0;
  for (const ImportedRun& run : import_runs(store, arguments["FILE"].as<std::string>())) {
    taken += run.fate == ImportedRun::Fate::taken;
    same += run.fate == ImportedRun::Fate::same;
    differing += run.fate == ImportedRun::Fate::differing;
    if (run.fate == ImportedRun::Fate::held) {
      fmt::print("{} is being carried out here, and is left to that.\n", described(store, run.run));
    } else if (run.fate == ImportedRun::Fate::differing) {
      fmt::print("{} has a result here with another outcome, which stays.\n", described(store, run.run));
    }
  }
  fmt::print("{} runs taken, {} were here with the same outcome, {} with another one.\n", taken, same, differing);
  return differing > 0 ? 1 : 0;
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
  command.positionals = {{"FILE", "the archive"}};
  add_store_option(command.options);
  command.examples = "pbn import my-runs.tar\npbn import my-runs.tar --store /scratch/me";
  command.run = import_archive;
  return command;
}

}  // namespace pbn
