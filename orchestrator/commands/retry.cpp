#include <fmt/format.h>

#include "base/error.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/commands/run_selection.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;

// Out of the way of the result that is to be published: link(2) would give way to it.
bool put_aside_what_is_no_result(const RunStore& store, const std::string& run) {
  const fs::path file = store.folder(run) / "result.json";
  if (!fs::exists(file) || store.result(run)) return false;
  fs::rename(file, store.folder(run) / "result.json.refused");
  return true;
}

// What was done, in words; empty when there was nothing to do.
std::string made_ready(const RunStore& store, const std::string& run, const RunFacts& facts, bool fresh) {
  std::string done;
  const auto add = [&](const char* words) { done += (done.empty() ? "" : ", ") + std::string(words); };
  if (fs::remove(store.folder(run) / "cancelled")) add("is not cancelled any more");
  if (put_aside_what_is_no_result(store, run)) add("its result.json, which is not one, is put aside");
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
  if (selected.by_sweep && !only_failed) {
    throw usage_error("retry", "add --failed, or name the runs",
                      "of a whole sweep only the failed runs are started again");
  }
  const std::vector<RunFacts> facts = facts_of(store, selected.runs);
  int ready = 0;
  Json told = Json::array();
  for (std::size_t i = 0; i < selected.runs.size(); ++i) {
    const std::string& run = selected.runs[i];
    if (only_failed && facts[i].state != RunState::failed) continue;
    if (facts[i].state == RunState::completed || facts[i].state == RunState::running) {
      told.push_back({{"run", run}, {"name", described(store, run)}, {"done", ""}, {"state", word_of(facts[i].state)}});
      continue;
    }
    const std::string done = made_ready(store, run, facts[i], fresh);
    told.push_back({{"run", run}, {"name", described(store, run)}, {"done", done}, {"state", "ready"}});
    ++ready;
  }
  if (arguments.count("json")) {
    print_facts({{"ready", ready}, {"runs", told}});
    return 0;
  }
  for (const Json& run : told) print(run);
  fmt::print("{} runs are ready. pbn run GRID or pbn submit GRID carries them out.\n", ready);
  return 0;
}

}  // namespace

Command retry_command() {
  Command command;
  command.name = "retry";
  command.summary = "clear what keeps runs from being carried out again";
  command.description =
      "Takes back a cancellation, puts a result.json aside that is not this run's result, and with --fresh removes "
      "the\n"
      "checkpoints, so that the next attempt begins anew. It starts nothing: pbn run and pbn submit carry out "
      "whatever\n"
      "has no result, and failed runs as well. Completed and running runs are left alone.";
  command.positionals = {{"RUN", runs_word_help, true, true}};
  add_grid_options(command.options);
  command.options.add_options()("failed", "only those that failed")("fresh", "without their checkpoints");
  add_json_option(command.options);
  command.examples = "pbn retry 7f32\npbn retry 7f32 a01b --fresh\npbn retry my.yaml --failed --fresh";
  command.run = retry;
  return command;
}

}  // namespace pbn
