#include "base/counted.h"
#include "base/error.h"
#include "base/log.h"
#include "config/schema.h"
#include "config/test_protocol.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/execution.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/executors/local_executor.h"
#include "orchestrator/runs/named_protocols.h"

namespace pbn::commands {
namespace {

// Counts the runs without a result, and prints notes on damaged results.
std::size_t count_untrained(const grid::Sweep& sweep, const runs::RunStore& store) {
  std::size_t untrained = 0;
  for (const grid::Cell& cell : sweep.cells) {
    for (const grid::Run& run : cell.runs) {
      const runs::ResultVerdict verdict = store.verdict(run.id);
      untrained += !verdict.is_whole();
      if (verdict.is_damaged()) note("{}, seed {}: {}", cell.label, run.seed, verdict.why);
    }
  }
  return untrained;
}

// What the options describe; without any, the protocol that --name or else the grid names.
config::TestProtocol wanted_test(const Arguments& arguments, const grid::Sweep& sweep, const runs::RunStore& store) {
  config::TestProtocol test = test_protocol_of(arguments);
  const std::string name = config::checked(*config::find_key("test.name"), arguments.text("name"));
  if (sweep.grid.worker.is_external()) return test;  // refused later
  config::TestProtocol of_grid = config::test_protocol(sweep.cells.front().section("test"));
  if (!has_test_options(arguments)) {
    const auto known = runs::named_protocols(store);
    if (!of_grid.name.empty() && (name.empty() || name == of_grid.name)) return of_grid;
    if (known.contains(name)) return known.at(name);
  }
  test.name = name;
  if (!name.empty() && name == of_grid.name && config::protocol_name(test) != config::protocol_name(of_grid))
    throw usage_error("--name", "choose another name", "{} is the name of another protocol in the grid", name);
  if (!name.empty()) runs::name_protocol(test, store);
  return test;
}

int test(const Arguments& arguments) {
  const grid::Sweep sweep = planned_sweep(arguments);
  const runs::RunStore store = store_of(arguments);
  const config::TestProtocol testing = wanted_test(arguments, sweep, store);
  grid::require_data(sweep);
  const executors::ExecutionSummary summary = executors::test_runs(sweep, store, testing, local_options_of(arguments));
  print_failures(summary);
  const std::string protocol = config::protocol_title(testing), grid = arguments.text("GRID");
  const std::size_t untrained = count_untrained(sweep, store);
  if (arguments.has("json")) {
    Json facts = to_json(summary);
    facts["protocol"] = config::protocol_name(testing);
    if (!testing.name.empty()) facts["name"] = testing.name;
    facts["not_trained"] = untrained;
    print_facts(facts);
    return exit_code_of(summary);
  }
  fmt::print("{}: {} tested now, {} tested before, {} failed.\n", protocol, counted(summary.finished, "run"),
             counted(summary.skipped, "was", "were"), summary.failures.size());
  if (untrained > 0) {
    fmt::print("{} not trained yet: pbn run {}\n", counted(untrained, "run is", "runs are"), grid);
  }
  fmt::print("Figures: pbn report {} --test {}\n", grid, protocol);
  return exit_code_of(summary);
}

}  // namespace

Command test_command() {
  return {
      .name = "test",
      .summary = "measure the finished runs of a grid again under another protocol (scales, mirror images)",
      .description =
          R"(Applies the trained network of every finished run to the validation people again, at other scales or with
their mirror images, and writes predictions.h5 and result.json with all figures into
runs/ab/RUN/tests/PROTOCOL/. Runs that were tested under this protocol before are skipped. With several scales
the heat maps are averaged in a common frame and a joint is at their highest point, without a quarter shift
(Sec. 4.2). Like pbn run, the command tests several runs at a time and may be interrupted and started again.

A protocol that has a name is called so from then on, here and by pbn report --test: --name gives it one, for
the whole store, and so does a grid, test: {name: pyramid, scales: [0.8, 1, 1.2], flip: true}. Without another
option the command tests under the protocol of that name, or under the named one of the grid.)",
      .positionals = {grid_positional},
      .options =
          joined({grid_options(),
                  test_options(),
                  {{"name", "NAME", "a name for this protocol in this store, or the one that it has, such as pyramid"}},
                  execution_options(),
                  {json_option}}),
      .examples = R"(pbn test my.yaml --flip
pbn test my.yaml --scales 0.8,0.9,1,1.1,1.2,1.3 --flip --name pyramid
pbn test another.yaml --name pyramid
pbn test my.yaml --flip --container my-container.yaml
pbn report my.yaml --test pyramid)",
      .run = test,
      .input_files = {"base", "container"}};
}

}  // namespace pbn::commands
