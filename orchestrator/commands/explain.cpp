#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"
#include "base/table.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/commands/run_selection.h"
#include "orchestrator/runs/log_end.h"
#include "orchestrator/runs/run_state.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t shown_lines = 15;

std::string newest_checkpoint(const fs::path& run_folder) {
  std::string newest;
  std::error_code missing;
  fs::file_time_type time = fs::file_time_type::min();
  for (const auto& entry : fs::directory_iterator(run_folder / "ckpt", missing)) {
    const auto written = entry.last_write_time(missing);
    if (entry.path().extension() != ".safetensors" || missing || written <= time) continue;
    newest = entry.path().filename().string();
    time = written;
  }
  return newest;
}

// What went wrong mostly, by the exit code, and what helps.
std::string advice_on_failure(int code, const std::string& run) {
  const std::string again = "then start it again: pbn run GRID (or pbn submit GRID)";
  switch (code) {
    case 0:
      return "the worker left no result of this very run: see what it printed";
    case 64:
      return "mend the setting that its log names in the grid: that makes a new run, and this one may be cancelled: "
             "pbn cancel " +
             run;
    case 65:
      return "mend the file that its reason or its log names, " + again;
    case 69:
      return "its machine lacked what its log names; provide it, " + again;
    case 137:
      return "it was killed without warning, mostly for want of memory (see dmesg, or seff JOB on Slurm): try fewer "
             "slots or a smaller run.threads, " +
             again;
    case 143:
      return "somebody stopped it, or its time was up: start it again";
    default:
      return "see what it printed; when the cause is gone start it again: pbn run GRID (or pbn submit GRID). pbn "
             "retry " +
             run + " --fresh begins without its checkpoints";
  }
}

std::string advice(const RunFacts& facts, const std::string& run, const fs::path& folder) {
  const std::string checkpoint = newest_checkpoint(folder);
  const std::string goes_on =
      checkpoint.empty() ? "begins anew, since it has no checkpoint" : "goes on from " + checkpoint;
  switch (facts.state) {
    case RunState::pending:
      return "nobody has begun it: pbn run GRID or pbn submit GRID does";
    case RunState::submitted:
      return facts.slurm_job.empty()
                 ? "a submission was begun and not confirmed: pbn submit GRID looks for it"
                 : fmt::format("it waits in Slurm: squeue -j {} --start tells for what and until when",
                               facts.slurm_job);
    case RunState::running:
      return fs::exists(folder / "cancelled") ? "it is cancelled: its owner stops it within seconds"
                                              : "nothing; pbn logs -f " + run + " shows what it does";
    case RunState::requeued:
      return "the next attempt " + goes_on + ": Slurm starts it by itself, else pbn run GRID does";
    case RunState::lost:
      return "pbn run GRID (or pbn submit GRID) makes the next attempt, which " + goes_on;
    case RunState::failed:
      if (!facts.damage.empty()) {
        return "mend what its worker writes into result.json, then start it again: pbn run GRID (or pbn submit GRID) "
               "puts "
               "this one aside, as pbn retry " +
               run + " does";
      }
      return advice_on_failure(facts.exit_code.value_or(70), run);
    case RunState::completed:
      return "nothing; pbn report GRID shows its figures among the others";
    case RunState::cancelled:
      return "pbn retry " + run + " gives it back";
  }
  return "";
}

std::string text_at(const Json& object, const char* path) {
  const Json& value = at_path(object, path);
  return value.is_string() ? value.get<std::string>() : "";
}

void print(const Json& facts) {
  for (const Json& name : facts["names"]) fmt::print("{}, of {}\n", text_at(name, "text"), text_at(name, "sweep"));
  fmt::print("run {} in {}\n\n{}", text_at(facts, "run"), text_at(facts, "folder"), text_at(facts, "state"));
  if (facts.contains("reason")) fmt::print(": {}", text_at(facts, "reason"));
  fmt::print("\n");
  if (!facts["attempts"].empty()) {
    Table table{{"attempt", "began", "ended", "where", "how it ended"}, {}};
    for (const Json& attempt : facts["attempts"]) {
      const std::string job = text_at(attempt, "slurm_job");
      table.rows.push_back({text_at(attempt, "attempt"), text_at(attempt, "began"), text_at(attempt, "exit.ended"),
                            text_at(attempt, "host") + (job.empty() ? "" : ", job " + job), text_at(attempt, "how")});
    }
    fmt::print("\n{}", table.for_terminal());
  }
  if (!facts["last_lines"].empty()) fmt::print("\nThe last lines that it printed ({}):\n", text_at(facts, "log"));
  for (const Json& line : facts["last_lines"]) fmt::print("  | {}\n", line.get<std::string>());
  fmt::print("\nWhat to do: {}.\n", text_at(facts, "advice"));
}

int explain(const Arguments& arguments) {
  const RunStore store = store_of(arguments);
  const std::string run = run_named(store, arguments["RUN"].as<std::string>());
  const fs::path folder = store.folder(run);
  SubmittedRuns submitted;
  for (auto& [id, job] : submitted_runs(store)) submitted[id.substr(0, 12)] = job;
  const RunFacts facts = facts_of(store, run, submitted);

  Json explanation = to_json(facts);
  explanation["run"] = run;
  explanation["folder"] = folder.string();
  explanation["names"] = Json::array();
  for (const RunName& name : names_of(store, run))
    explanation["names"].push_back({{"sweep", name.sweep}, {"text", name.text}});
  explanation["attempts"] = attempt_history(folder, facts);
  explanation["log"] = (folder / "log").string();
  explanation["last_lines"] =
      facts.state == RunState::completed ? std::vector<std::string>() : last_lines_of(folder / "log", shown_lines);
  explanation["advice"] = advice(facts, run, folder);
  arguments.count("json") ? print_facts(explanation) : print(explanation);
  return 0;
}

}  // namespace

Command explain_command() {
  Command command;
  command.name = "explain";
  command.summary = "why a run is not running, or why it failed, and what to do";
  command.description =
      "Shows the run's state, every attempt at it and how it ended, the last lines that its worker printed, and what\n"
      "helps. Reads the store and changes nothing.";
  command.positionals = {{"RUN", run_word_help}};
  add_store_option(command.options);
  add_json_option(command.options);
  command.examples = "pbn explain 7f32\npbn explain runs/7f/7f3271e7a0b1 --json";
  command.run = explain;
  return command;
}

}  // namespace pbn
