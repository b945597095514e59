#include <fmt/format.h>

#include "base/counted.h"
#include "base/files.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/commands/run_selection.h"
#include "orchestrator/slurm/submitter.h"

namespace pbn::commands {
namespace {

int cancel(const Arguments& arguments) {
  const runs::RunStore store = store_of(arguments);
  const std::vector<std::string> runs = selected_runs(arguments, store).runs;
  const std::vector<runs::RunFacts> facts = runs::facts_of(store, runs);
  slurm::cancel_on_slurm(store, runs);  // waiting runs first: they would start as soon as others stop
  int cancelled = 0, stopping = 0, completed = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (facts[i].state == runs::RunState::completed) {
      ++completed;
      continue;
    }
    make_writable_folder(store.folder(runs[i]));
    publish_once(store.folder(runs[i]) / "cancelled", "");
    ++cancelled;
    stopping += facts[i].state == runs::RunState::running;
  }
  if (arguments.has("json")) {
    print_facts({{"cancelled", cancelled}, {"stopping", stopping}, {"completed", completed}});
    return 0;
  }
  fmt::print("{} cancelled now", counted(cancelled, "run is", "runs are"));
  if (stopping > 0)
    fmt::print("; {} of them {} within 30 s", stopping,
               stopping == 1 ? "saves itself and stops" : "save themselves and stop");
  if (completed > 0)
    fmt::print("; {} completed and {} so", counted(completed, "is", "are"), completed == 1 ? "stays" : "stay");
  fmt::print(".\n");
  return 0;
}

}  // namespace

Command cancel_command() {
  return {
      .name = "cancel",
      .summary = "stop runs, or keep them from starting",
      .description =
          R"(Leaves a file `cancelled` in the folder of each run. The process that owns a running run, on whatever machine,
tells the worker to save itself and stops it. A cancelled run is not started again, neither for this sweep nor
for another sweep that shares it, until pbn retry makes it ready again. Completed runs stay as they are.)",
      .positionals = {runs_positional},
      .options = joined({grid_options(), {json_option}}),
      .examples = "pbn cancel 7f32\npbn cancel my.yaml --only model.width=256\npbn cancel demo-7f3271e7",
      .run = cancel,
      .input_files = {"base"}};
}

}  // namespace pbn::commands
