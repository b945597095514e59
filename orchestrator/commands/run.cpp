#include <fmt/format.h>

#include "base/counted.h"
#include "orchestrator/commands/auto_precision.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/execution.h"
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
  note_advice(sweep);
  const RunStore store = store_of(arguments);
  require_data(sweep);
  record_sweep(sweep, store);
  record_precision(sweep, store);
  const ExecutionSummary summary = train_runs(sweep, store, local_options_of(arguments));
  print_failures(summary);
  if (arguments.count("json")) {
    print_facts(to_json(summary));
    return exit_code_of(summary);
  }
  fmt::print("{} finished now, {} done before, {} failed{}.\n", counted(summary.finished, "run"),
             counted(summary.skipped, "was", "were"), summary.failures.size(),
             summary.cancelled > 0 ? fmt::format(", {} cancelled (pbn retry gives back what was cancelled)",
                                                 counted(summary.cancelled, "is", "are"))
                                   : "");
  return exit_code_of(summary);
}

}  // namespace

Command run_command() {
  Command command;
  command.name = "run";
  command.summary = "train what a grid asks for and is not done yet";
  command.description =
      "Carries out every run of the grid that has no result yet on this machine, the longest first and several at a\n"
      "time where there is room: each under mpirun with pbn_worker, or with the grid's external worker, on processors "
      "and\n"
      "GPUs of its own. A run that another pbn carries out is left to it, waited for, and taken over when it dies.\n"
      "\n"
      "Killed at any moment and started again it goes on where it was: runs resume from their checkpoints, finished "
      "ones\n"
      "are never run again. The first Ctrl-C (or TERM, USR2, or a terminal that goes away unless under nohup) starts\n"
      "nothing new and lets the workers save themselves, for 30 s; the second ends them, the third kills them. Exit "
      "code\n"
      "75 then; the same command goes on. Exit code 1: runs failed; their last log lines are printed, the others were\n"
      "carried out.";
  command.positionals = {grid_positional};
  command.reads = {"GRID", "base"};
  add_grid_options(command.options);
  add_local_options(command.options);
  command.options.add_options()("ranks", po::value<int>()->value_name("N"),
                                "ranks (worker processes) of each run; the same as --set run.ranks=N");
  add_json_option(command.options);
  command.examples =
      "pbn run experiments/demo.yaml --ranks 2\npbn run my.yaml --slots 4 --retries 0\npbn run my.yaml --store "
      "/scratch/me --set train.epochs=20";
  command.run = run;
  return command;
}

}  // namespace pbn
