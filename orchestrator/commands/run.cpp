#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/counted.h"
#include "base/log.h"
#include "orchestrator/commands/auto_precision.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/execution.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/executors/local_executor.h"
#include "orchestrator/runs/sweep_runs.h"

namespace pbn::commands {
namespace {

void add_round(executors::ExecutionSummary& sum, executors::ExecutionSummary round) {
  sum.finished += round.finished;
  sum.cancelled = round.cancelled;
  sum.interrupted = round.interrupted;
  std::ranges::move(round.failures, std::back_inserter(sum.failures));
}

// Under a rule of seeds in rounds, until the comparisons are decided, the seeds are used up, or a run has no result.
executors::ExecutionSummary train_in_rounds(grid::Sweep sweep, const runs::RunStore& store,
                                            const executors::LocalOptions& options) {
  executors::ExecutionSummary summary = executors::train_runs(sweep, store, options);
  while (sweep.grid.rule && !summary.interrupted && summary.failures.empty()) {
    grid::Sweep next = with_next_seeds(sweep, store);
    if (next.rounds.is_over) note("no more seeds: pbn report says what is decided");
    if (next.rounds.is_over || runs::runs_of(next).ids().size() == runs::runs_of(sweep).ids().size()) break;
    sweep = std::move(next);
    note("round {}: up to {} of at most {} seeds", sweep.rounds.rounds, std::ranges::max(sweep.rounds.seeds),
         sweep.grid.rule->most);
    record_sweep(sweep, store);
    add_round(summary, executors::train_runs(sweep, store, options));
  }
  return summary;
}

int run(Arguments arguments) {
  if (arguments.has("ranks")) arguments.add("set", {"run.ranks=" + arguments.text("ranks")});
  const grid::Sweep sweep = planned_sweep(arguments);
  const runs::RunStore store = store_of(arguments);
  note_advice(sweep, store);
  grid::require_data(sweep);
  record_sweep(sweep, store);
  record_precision(sweep, store);
  const executors::ExecutionSummary summary = train_in_rounds(sweep, store, local_options_of(arguments));
  print_failures(summary);
  if (arguments.has("json")) {
    print_facts(to_json(summary));
    return exit_code_of(summary);
  }
  fmt::print("{} finished now, {} done before, {} failed{}.\n", counted(summary.finished, "run"),
             counted(summary.skipped, "was", "were"), summary.failures.size(),
             summary.cancelled > 0 ? fmt::format(", {} cancelled (pbn retry makes cancelled runs ready again)",
                                                 counted(summary.cancelled, "is", "are"))
                                   : "");
  return exit_code_of(summary);
}

}  // namespace

Command run_command() {
  return {
      .name = "run",
      .summary = "train all runs of a grid that have no result, on this machine",
      .description =
          R"(Trains every run of the grid that has no result yet, the longest first, and several at a time where there is
room. Each run has processors and GPUs of its own and is started under mpirun with pbn_worker, or with the
grid's external worker. Under a rule of seeds (seeds: {until: decided, least: 5, most: 40}) the rounds follow one
another until every comparison is decided. A run that another pbn is training is left to that process and taken
over if it dies.

Two of these commands on one machine would each share out all of its processors and GPUs: give each a part of its
own by taskset(1) and CUDA_VISIBLE_DEVICES.

The command may be killed at any moment: started again, it resumes runs from their checkpoints and skips runs
that are finished. The first Ctrl-C (or TERM, USR2, or a closed terminal, unless under nohup) starts nothing
new and lets the workers save themselves for 30 s; the second ends the workers, the third kills them. The exit
code is 75 then, and the same command continues. Exit code 1: some runs failed, all others are done; the last
lines of the failed runs' logs are printed.)",
      .positionals = {grid_positional},
      .options = joined(
          {grid_options(),
           execution_options(),
           {{"ranks", "N", "ranks (worker processes) of each run; the same as --set run.ranks=N"}, json_option}}),
      .examples = R"(pbn run experiments/demo.yaml --ranks 2
pbn run my.yaml --slots 4 --retries 0
pbn run my.yaml --container my-container.yaml
pbn run my.yaml --store /scratch/me --set train.epochs=20
pbn run my --store /scratch/me)",
      .run = run,
      .input_files = {"base", "container"}};
}

}  // namespace pbn::commands
