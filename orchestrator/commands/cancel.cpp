#include <fmt/format.h>

#include "base/counted.h"
#include "base/files.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/commands/run_selection.h"
#include "orchestrator/slurm/submitter.h"

namespace pbn {
namespace {

int cancel(const Arguments& arguments) {
  const RunStore store = store_of(arguments);
  const SelectedRuns selected = runs_named(arguments, store, arguments["RUN"].as<std::vector<std::string>>());
  const std::vector<RunFacts> facts = facts_of(store, selected.runs);
  // First those that wait: they would be started as soon as others stop.
  cancel_on_slurm(store, selected.runs);
  int cancelled = 0, stopping = 0, completed = 0;
  for (std::size_t i = 0; i < selected.runs.size(); ++i) {
    if (facts[i].state == RunState::completed) {
      ++completed;
      continue;
    }
    const std::filesystem::path folder = store.folder(selected.runs[i]);
    make_writable_folder(folder);
    publish_once(folder / "cancelled", "");
    ++cancelled;
    stopping += facts[i].state == RunState::running;
  }
  if (arguments.count("json")) {
    print_facts({{"cancelled", cancelled}, {"stopping", stopping}, {"completed", completed}});
    return 0;
  }
  fmt::print("{} cancelled now", counted(cancelled, "run is", "runs are"));
  if (stopping > 0)
    fmt::print("; {} of them {} within 30 s", stopping,
               stopping == 1 ? "runs and saves itself" : "run and save themselves");
  if (completed > 0)
    fmt::print("; {} completed and {} so", counted(completed, "is", "are"), completed == 1 ? "stays" : "stay");
  fmt::print(".\n");
  return 0;
}

}  // namespace

Command cancel_command() {
  Command command;
  command.name = "cancel";
  command.summary = "stop runs, or keep them from being started";
  command.description =
      "Leaves a file `cancelled` in their folders. Whoever carries such a run out, on whatever machine, lets its "
      "worker\n"
      "save itself and stops it; nobody starts it any more, neither for this sweep nor for another one that shares "
      "it.\n"
      "pbn retry gives them back. Completed runs stay as they are.";
  command.positionals = {{"RUN", runs_word_help, true, true}};
  command.reads = {"base"};
  add_grid_options(command.options);
  add_json_option(command.options);
  command.examples = "pbn cancel 7f32\npbn cancel my.yaml --only model.width=256\npbn cancel demo-7f3271e7";
  command.run = cancel;
  return command;
}

}  // namespace pbn
