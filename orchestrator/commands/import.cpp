#include <fmt/format.h>

#include "base/counted.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/commands/run_selection.h"
#include "orchestrator/runs/run_archive.h"

namespace pbn::commands {
namespace {

using Fate = runs::ImportedRun::Fate;

int import_archive(const Arguments& arguments) {
  const runs::RunStore store = store_of(arguments);
  std::map<Fate, std::vector<std::string>> runs;
  for (const std::string& archive : arguments.texts("FILE")) {
    for (const runs::ImportedRun& run : runs::import_runs(store, archive)) runs[run.fate].push_back(run.run);
  }
  const int code = runs[Fate::differing].empty() ? 0 : 1;
  if (arguments.has("json")) {
    print_facts({{"taken", runs[Fate::taken]},
                 {"same", runs[Fate::same]},
                 {"differing", runs[Fate::differing]},
                 {"held", runs[Fate::held]}});
    return code;
  }
  for (const std::string& run : runs[Fate::held]) {
    fmt::print("{} is running in this store and was not taken.\n", described(store, run));
  }
  for (const std::string& run : runs[Fate::differing]) {
    fmt::print("{} has a result with another outcome in this store; the store's result stays.\n",
               described(store, run));
  }
  fmt::print("{} taken, {} in the store with the same outcome, {} with another outcome.\n",
             counted(runs[Fate::taken].size(), "run"), counted(runs[Fate::same].size(), "was", "were"),
             runs[Fate::differing].size());
  return code;
}

}  // namespace

Command import_command() {
  return {
      .name = "import",
      .summary = "take runs from files that pbn export wrote",
      .description =
          R"(Verifies everything before it takes the first run: names, sizes, digests, and that each result belongs to its
run. An archive with any fault is refused (exit code 65) and leaves nothing behind; those before it have been
taken. A run that has a result in this store keeps it. Exit code 1: some results in the store have another
outcome than those in the archives.)",
      .positionals = {{.name = "FILE", .help = "archives, as pbn export wrote them", .is_repeatable = true}},
      .options = {store_option, json_option},
      .examples = "pbn import my-runs.tar\npbn import runs/*.tar.xz --store /scratch/me",
      .run = import_archive,
      .input_files = {"FILE"}};
}

}  // namespace pbn::commands
