#include <fmt/format.h>

#include "base/table.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/runs/run_state.h"

namespace pbn {
namespace {

int count_finished(const Cell& cell, const RunStore& store) {
  int finished = 0;
  for (const Run& run : cell.runs) finished += !run.id.empty() && store.result(run.id);
  return finished;
}

Json facts_of(const Cell& cell, const RunStore& store) {
  Json runs = Json::array();
  for (const Run& run : cell.runs) {
    runs.push_back({{"seed", run.seed}, {"run", run.id}, {"state", word_of(facts_of(store, run.id).state)}});
  }
  return {{"label", cell.label},           {"cell", cell.id},
          {"settings", cell.differing()},    {"baseline", cell.is_baseline},
          {"parameters", cell.parameters}, {"gflop_per_image", cell.gflop_per_image},
          {"steps_per_run", cell.steps},   {"runs", runs}};
}

void print_json(const Sweep& sweep, const RunStore& store) {
  Json cells = Json::array();
  for (const Cell& cell : sweep.cells) cells.push_back(facts_of(cell, store));
  const Json plan = {{"name", sweep.grid.name}, {"metric", sweep.metric}, {"cells", cells}, {"missing", sweep.missing}};
  fmt::print("{}\n", plan.dump(1));
}

void print_table(const Sweep& sweep, const RunStore& store) {
  Table table{{"cell", "parameters", "GFLOP/image", "steps/run", "runs", "done"}, {}};
  std::size_t runs = 0;
  int done = 0;
  for (const Cell& cell : sweep.cells) {
    const int finished = count_finished(cell, store);
    const bool is_known = !cell.id.empty();
    table.rows.push_back(
        {cell.label + (cell.is_baseline ? " (baseline)" : ""), is_known ? std::to_string(cell.parameters) : "?",
         is_known ? fmt::format("{:.2f}", cell.gflop_per_image) : "?", is_known ? std::to_string(cell.steps) : "?",
         std::to_string(cell.runs.size()), std::to_string(finished)});
    runs += cell.runs.size();
    done += finished;
  }
  fmt::print("{}\n{} cells, {} runs: {} done, {} to do. Metric: {}.\n", table.to_text(), sweep.cells.size(), runs, done,
             runs - static_cast<std::size_t>(done), sweep.metric.empty() ? "what suits the data" : sweep.metric);
  for (const std::string& file : sweep.missing) {
    fmt::print("{} is not there yet: identities and sizes are known when it is.\n", file);
  }
}

int plan(const Arguments& arguments) {
  const Sweep sweep = planned_sweep(arguments);
  const RunStore store = store_of(arguments);
  arguments.count("json") ? print_json(sweep, store) : print_table(sweep, store);
  return 0;
}

}  // namespace

Command plan_command() {
  Command command;
  command.name = "plan";
  command.summary = "show the cells of a grid, their sizes, and what is done";
  command.description =
      "Expands the grid into cells and runs and starts nothing. Parameters and operations (forward pass, 2 per\n"
      "multiply-add) come from closed forms. It works before the data files are there.";
  command.positionals = {grid_positional};
  add_grid_options(command.options);
  command.options.add_options()("json", "print the facts as JSON");
  command.examples = "pbn plan experiments/demo.yaml\npbn plan experiments/demo.yaml --set model.stacks=2 --json";
  command.run = plan;
  return command;
}

}  // namespace pbn
