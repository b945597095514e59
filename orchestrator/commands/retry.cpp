#include <fmt/format.h>

#include "base/counted.h"
#include "base/error.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/commands/run_selection.h"

namespace pbn::commands {
namespace {

namespace fs = std::filesystem;

// Makes a run ready to run again, and says what was changed; empty if nothing was.
std::string make_ready(const runs::RunStore& store, const std::string& run, const runs::RunFacts& facts, bool fresh) {
  std::string changes;
  const auto add = [&](const std::string& words) { changes += (changes.empty() ? "" : ", ") + words; };
  if (fs::remove(store.folder(run) / "cancelled")) add("is not cancelled any more");
  if (const runs::ResultVerdict verdict = store.verdict(run); verdict.is_damaged()) {
    runs::put_result_aside(store.folder(run));
    add("its result.json is put aside (" + verdict.why + ")");
  }
  if (fresh && fs::remove_all(store.folder(run) / "ckpt") > 0) add("its checkpoints are removed");
  if (fresh) fs::remove_all(store.folder(run) / "program");  // with what the worker wrote beside its copies
  if (changes.empty() && (facts.state == runs::RunState::failed || facts.state == runs::RunState::lost))
    add("may run again");
  return changes;
}

void print_retried(const Json& facts) {
  for (const Json& run : facts["runs"]) {
    const std::string name = run["name"], changes = run["done"], state = run["state"];
    if (state != "ready") fmt::print("{}: is {}\n", name, state);
    if (!changes.empty()) fmt::print("{}: {}\n", name, changes);
  }
  if (const std::size_t ready = facts["ready"]; ready > 0) {
    fmt::print("{} ready. Start {} with pbn run GRID or pbn submit GRID.\n", counted(ready, "run is", "runs are"),
               ready == 1 ? "it" : "them");
  } else {
    fmt::print("These runs are ready already: start them with pbn run GRID or pbn submit GRID.\n");
  }
  if (const std::size_t cancelled = facts["cancelled"]; cancelled > 0) {
    fmt::print("{} cancelled and stay{} so: pbn retry without --failed makes {} ready.\n",
               counted(cancelled, "run is", "runs are"), cancelled == 1 ? "s" : "", cancelled == 1 ? "it" : "them");
  }
}

int retry(const Arguments& arguments) {
  const runs::RunStore store = store_of(arguments);
  const auto [runs, has_sweep, names] = selected_runs(arguments, store);
  const bool only_failed = arguments.has("failed"), fresh = arguments.has("fresh");
  if (has_sweep && fresh && !only_failed) {
    throw usage_error("retry", "add --failed, or name the runs",
                      "--fresh would remove the checkpoints of all runs of the sweep");
  }
  const std::vector<runs::RunFacts> facts = runs::facts_of(store, runs);
  std::size_t ready = 0, cancelled = 0;
  Json retried = Json::array();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const runs::RunState state = facts[i].state;
    const bool is_cancelled = state == runs::RunState::cancelled, has_failed = state == runs::RunState::failed;
    if (only_failed && !has_failed) {
      cancelled += is_cancelled;
      continue;
    }
    if (has_sweep && !is_cancelled && !has_failed) continue;
    const bool stays = state == runs::RunState::completed || state == runs::RunState::running;
    ready += !stays;
    retried.push_back({{"run", runs[i]},
                       {"name", described(store, runs[i])},
                       {"done", stays ? "" : make_ready(store, runs[i], facts[i], fresh)},
                       {"state", stays ? runs::word_of(state) : "ready"}});
  }
  const Json all = {{"ready", ready}, {"runs", std::move(retried)}, {"cancelled", cancelled}};
  arguments.has("json") ? print_facts(all) : print_retried(all);
  return 0;
}

}  // namespace

Command retry_command() {
  return {
      .name = "retry",
      .summary = "make failed or cancelled runs ready to run again",
      .description =
          R"(Takes back a cancellation, puts a damaged result.json aside, and with --fresh removes the checkpoints, so that
the next attempt starts from the beginning. Of a whole sweep it takes the runs that are cancelled or have
failed. It starts nothing: pbn run and pbn submit start every run that has no result, including failed ones.
Completed and running runs stay as they are.)",
      .positionals = {runs_positional},
      .options = joined({grid_options(),
                         {{"failed", "", "retry only runs that have failed"},
                          {"fresh", "", "remove the checkpoints of the runs first"},
                          json_option}}),
      .examples = R"(pbn retry 7f32
pbn retry my.yaml
pbn retry 7f32 a01b --fresh
pbn retry my.yaml --failed --fresh)",
      .run = retry,
      .input_files = {"base"}};
}

}  // namespace pbn::commands
