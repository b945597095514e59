#include <fmt/format.h>

#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/execution_summary.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/executors/local_executor.h"

namespace pbn {
namespace {

namespace po = boost::program_options;

int run(Arguments arguments) {
  if (arguments.count("ranks")) {
    std::vector<std::string> settings;
    if (arguments.count("set")) settings = arguments["set"].as<std::vector<std::string>>();
    settings.push_back(fmt::format("run.ranks={}", arguments["ranks"].as<int>()));
    arguments.erase("set");
    arguments.emplace("set", po::variable_value(settings, false));
  }
  const Sweep sweep = planned_sweep(arguments);
  const RunStore store = store_of(arguments);
  require_data(sweep);
  record_sweep(sweep, store);
  const ExecutionSummary summary = execute(sweep, store);
  print_failures(summary);
  fmt::print("{} runs finished now, {} were done before, {} failed.\n", summary.finished, summary.skipped,
             summary.failures.size());
  return exit_code_of(summary, store);
}

}  // namespace

Command run_command() {
  Command command;
  command.name = "run";
  command.summary = "train what a grid asks for and is not done yet";
  command.description =
      "Starts mpirun with pbn_worker for every run of the grid that has no result yet, one after the other. Killed at "
      "any\n"
      "moment and started again, it goes on where it was: runs resume from their checkpoints, finished ones are never\n"
      "run again. Ctrl-C lets the present worker save itself; a second one ends it at once. Exit code 1: runs failed;\n"
      "their last log lines are printed, the others were carried out.";
  command.positionals = {grid_positional};
  add_grid_options(command.options);
  command.options.add_options()("ranks", po::value<int>()->value_name("N"),
                                "workers per run; the same as --set run.ranks=N");
  command.examples =
      "pbn run experiments/demo.yaml --ranks 2\npbn run my.yaml --store /scratch/me --set train.epochs=20";
  command.run = run;
  return command;
}

}  // namespace pbn
