#include "base/counted.h"
#include "base/error.h"
#include "base/log.h"
#include "config/test_protocol.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/execution.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/executors/local_executor.h"

namespace pbn {
namespace {

std::size_t count_unfinished(const Sweep& sweep, const RunStore& store) {
  std::size_t unfinished = 0;
  for (const Cell& cell : sweep.cells) {
    for (const Run& run : cell.runs) {
      const ResultVerdict verdict = store.verdict(run.id);
      unfinished += !verdict.is_whole();
      if (verdict.is_damaged()) note("{}, seed {}: {}", cell.label, run.seed, verdict.why);
    }
  }
  return unfinished;
}

int test(const Arguments& arguments) {
  const Testing how = test_of(arguments);
  const Sweep sweep = planned_sweep(arguments);
  const RunStore store = store_of(arguments);
  require_data(sweep);
  const ExecutionSummary summary = test_runs(sweep, store, how, local_options_of(arguments));
  print_failures(summary);
  const std::size_t unfinished = count_unfinished(sweep, store);
  if (arguments.count("json")) {
    Json facts = to_json(summary);
    facts["protocol"] = protocol_name(how);
    facts["not_trained"] = unfinished;
    print_facts(facts);
    return exit_code_of(summary);
  }
  fmt::print("{}: {} tested now, {} tested before, {} failed.\n", protocol_name(how), counted(summary.finished, "run"),
             counted(summary.skipped, "was", "were"), summary.failures.size());
  if (unfinished > 0) {
    fmt::print("{} not trained yet: pbn run {}\n", counted(unfinished, "run is", "runs are"),
               arguments["GRID"].as<std::string>());
  }
  fmt::print("Figures: pbn report {} --test {}\n", arguments["GRID"].as<std::string>(), protocol_name(how));
  return exit_code_of(summary);
}

}  // namespace

Command test_command() {
  Command command;
  command.name = "test";
  command.summary = "test finished runs again under another protocol, without training";
  command.description =
      "Shows the validation people of every finished run to its trained network again, at other scales\n"
      "or mirrored too, and leaves what it finds in runs/ab/RUN/tests/PROTOCOL/: predictions.h5, and\n"
      "result.json with all figures. What was tested under this protocol before is passed over. With\n"
      "several scales the heat maps are averaged in a common frame and a joint is at its highest point\n"
      "(Sec. 4.2): there is no quarter shift then. Several runs are tested at a time, interrupted and\n"
      "gone on with in the way of pbn run.";
  command.positionals = {grid_positional};
  command.reads = {"GRID", "base"};
  add_grid_options(command.options);
  add_test_options(command.options);
  add_local_options(command.options);
  add_json_option(command.options);
  command.examples =
      "pbn test my.yaml --flip\n"
      "pbn test my.yaml --scales 0.8,0.9,1,1.1,1.2,1.3 --flip\n"
      "pbn report my.yaml --test scales-0.8-0.9-1-1.1-1.2-1.3-flip";
  command.run = test;
  return command;
}

}  // namespace pbn
