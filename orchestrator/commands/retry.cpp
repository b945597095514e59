#include <fmt/format.h>

#include "base/counted.h"
#include "base/error.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/commands/run_selection.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;

// What was done, in words; empty when there was nothing to do.
std::string made_ready(const RunStore& store, const std::string& run, const RunFacts& facts, bool fresh) {
  std::string done;
  const auto add = [&](const std::string& words) { done += (done.empty() ? "" : ", ") + words; };
  if (fs::remove(store.folder(run) / "cancelled")) add("is not cancelled any more");
  if (const ResultVerdict verdict = store.verdict(run); verdict.is_damaged()) {
    put_result_aside(store.folder(run));
    add("its result.json is put aside (" + verdict.why + ")");
  }
  if (fresh && fs::remove_all(store.folder(run) / "ckpt") > 0) add("has no checkpoints any more");
  if (done.empty() && (facts.state == RunState::failed || facts.state == RunState::lost)) add("may run again");
  return done;
}

// Nothing of a run that was ready before.
void print(const Json& run) {
  const std::string name = run["name"], done = run["done"], state = run["state"];
  if (state != "ready") fmt::print("{}: is {}\n", name, state);
  if (!done.empty()) fmt::print("{}: {}\n", name, done);
}

int retry(const Arguments& arguments) {
  const RunStore store = store_of(arguments);
  const SelectedRuns selected = runs_named(arguments, store, arguments["RUN"].as<std::vector<std::string>>());
  const bool only_failed = arguments.count("failed") > 0, fresh = arguments.count("fresh") > 0;
  if (selected.by_sweep && fresh && !only_failed) {
    throw usage_error("retry", "add --failed, or name the runs",
                      "--fresh would remove the checkpoints of the whole sweep's runs");
  }
  const std::vector<RunFacts> facts = facts_of(store, selected.runs);
  std::size_t ready = 0, cancelled = 0;
  Json retried = Json::array();
  for (std::size_t i = 0; i < selected.runs.size(); ++i) {
    const std::string& run = selected.runs[i];
    const bool is_cancelled = facts[i].state == RunState::cancelled, has_failed = facts[i].state == RunState::failed;
    if (only_failed && !has_failed) {
      cancelled += is_cancelled;
      continue;
    }
    if (selected.by_sweep && !is_cancelled && !has_failed) continue;  // nothing keeps them from being carried out
    if (facts[i].state == RunState::completed || facts[i].state == RunState::running) {
      retried.push_back(
          {{"run", run}, {"name", described(store, run)}, {"done", ""}, {"state", word_of(facts[i].state)}});
      continue;
    }
    const std::string done = made_ready(store, run, facts[i], fresh);
    retried.push_back({{"run", run}, {"name", described(store, run)}, {"done", done}, {"state", "ready"}});
    ++ready;
  }
  if (arguments.count("json")) {
    print_facts({{"ready", ready}, {"runs", retried}, {"cancelled", cancelled}});
    return 0;
  }
  for (const Json& run : retried) print(run);
  if (ready > 0) {
    fmt::print("{} ready. pbn run GRID or pbn submit GRID carries {} out.\n", counted(ready, "run is", "runs are"),
               ready == 1 ? "it" : "them");
  } else {
    fmt::print("Nothing keeps these runs from being carried out: pbn run GRID or pbn submit GRID does.\n");
  }
  if (cancelled > 0) {
    fmt::print("{} cancelled and stay{} so: pbn retry without --failed gives {} back.\n",
               counted(cancelled, "run is", "runs are"), cancelled == 1 ? "s" : "", cancelled == 1 ? "it" : "them");
  }
  return 0;
}

}  // namespace

Command retry_command() {
  Command command;
  command.name = "retry";
  command.summary = "clear what keeps runs from being carried out again";
  command.description =
      "Takes back a cancellation, puts a damaged result.json aside, and with --fresh removes the checkpoints, so that\n"
      "the next attempt begins anew. Of a whole sweep those runs are meant that are cancelled or have failed. It "
      "starts\n"
      "nothing: pbn run and pbn submit carry out whatever has no result, and failed runs as well. Completed and "
      "running\n"
      "runs are left alone.";
  command.positionals = {{"RUN", runs_word_help, true, true}};
  command.reads = {"base"};
  add_grid_options(command.options);
  command.options.add_options()("failed", "retry only runs that have failed")("fresh",
                                                                              "remove the runs' checkpoints first");
  add_json_option(command.options);
  command.examples =
      "pbn retry 7f32\npbn retry my.yaml\npbn retry 7f32 a01b --fresh\npbn retry my.yaml --failed --fresh";
  command.run = retry;
  return command;
}

}  // namespace pbn
