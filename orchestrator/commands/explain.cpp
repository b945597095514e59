#include <fmt/format.h>

#include <algorithm>

#include "base/counted.h"
#include "base/files.h"
#include "base/table.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/commands/grid_options.h"
#include "orchestrator/commands/run_selection.h"
#include "orchestrator/runs/lenient_json.h"
#include "orchestrator/runs/log_end.h"
#include "orchestrator/runs/program_copy.h"
#include "orchestrator/runs/run_state.h"

namespace pbn::commands {
namespace {

namespace fs = std::filesystem;
using runs::text_at;
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

// What helps against the usual causes of an exit code.
std::string advice_on_failure(int code, const std::string& run) {
  const std::string again = "start it again with pbn run GRID or pbn submit GRID";
  switch (code) {
    case 0:
      return "the worker left no result of this run: read what it printed";
    case 64:
      return "correct the setting that its log names in the grid. That makes a new run; pbn cancel " + run +
             " cancels this one";
    case 65:
      return "repair the file that the reason or the log names, then " + again;
    case 69:
      return "provide what the log says the machine lacks, then " + again;
    case 137:
      return "the worker was killed without warning, usually for lack of memory (see dmesg, or seff JOB on Slurm): use "
             "fewer slots or a smaller run.threads, then " +
             again;
    case 143:
      return "somebody stopped it, or its time limit was reached: " + again;
    default:
      return "read what it printed, remove the cause, then " + again + ". pbn retry " + run +
             " --fresh removes its checkpoints first";
  }
}

std::string advice_on_waiting(const std::string& element, std::size_t runs_of_element) {
  if (element.empty()) return "its submission was not confirmed; pbn submit GRID finds out whether Slurm has it";
  if (runs_of_element == 1)
    return fmt::format("it waits in Slurm: squeue -j {} --start shows why and until when", element);
  return fmt::format(
      "it waits in Slurm, or for its turn among the {} runs of its element: squeue -j {} --start shows which",
      runs_of_element, element);
}

std::string advice(const runs::RunFacts& facts, const std::string& run, const fs::path& folder,
                   std::size_t runs_of_element) {
  const std::string checkpoint = newest_checkpoint(folder);
  const std::string resumption =
      checkpoint.empty() ? "starts from the beginning, since there is no checkpoint" : "goes on from " + checkpoint;
  switch (facts.state) {
    case runs::RunState::pending:
      return "start it with pbn run GRID or pbn submit GRID";
    case runs::RunState::submitted:
      return advice_on_waiting(facts.slurm_job, runs_of_element);
    case runs::RunState::running:
      return fs::exists(folder / "cancelled") ? "it is cancelled: its owner stops it within seconds"
                                              : "nothing; pbn logs -f " + run + " shows its progress";
    case runs::RunState::requeued:
      return "wait for Slurm to start the next attempt, or start it with pbn run GRID; it " + resumption;
    case runs::RunState::lost:
      return "start the next attempt with pbn run GRID or pbn submit GRID; it " + resumption;
    case runs::RunState::failed:
      if (facts.damage.empty()) return advice_on_failure(facts.exit_code.value_or(70), run);
      return "correct what the worker writes into result.json, then start it again: pbn run GRID, pbn submit GRID and "
             "pbn retry " +
             run + " all put the damaged one aside";
    case runs::RunState::completed:
      return "nothing; pbn report GRID shows its figures";
    case runs::RunState::cancelled:
      return "pbn retry " + run + " makes it ready to run again";
  }
  return "";
}

// {"digest", "files", "folder", "changed"} of an external worker whose grid lists its files; null without.
Json program_of(const runs::RunStore& store, const fs::path& run_folder) {
  const Json config = runs::object_in(run_folder / "config.json");
  const std::string digest = text_at(config, "worker.files");
  if (digest.empty()) return {};
  const grid::ProgramFiles program = runs::kept_program(store, digest, text_at(config, "worker.folder"));
  return {{"digest", digest},
          {"files", program.files.size()},
          {"folder", program.folder.string()},
          {"changed", grid::changed_files(program)}};
}

void print_program(const Json& program) {
  const auto changed = program["changed"].get<std::vector<std::string>>();
  fmt::print(
      "Its program: {} of {} ({}){}.\n", counted(program["files"].get<int>(), "file"), text_at(program, "folder"),
      text_at(program, "digest").substr(0, 12),
      changed.empty() ? "" : "; there " + grid::names_in_words(changed) + grid::differs_or_differ(changed) + " now");
}

void print_explanation(const Json& facts) {
  for (const Json& name : facts["names"]) fmt::print("{}, of {}\n", text_at(name, "text"), text_at(name, "sweep"));
  fmt::print("run {} in {}\n\n{}", text_at(facts, "run"), text_at(facts, "folder"), text_at(facts, "state"));
  if (facts.contains("reason")) fmt::print(": {}", text_at(facts, "reason"));
  fmt::print("\n");
  if (facts.contains("program")) print_program(facts["program"]);
  if (!facts["attempts"].empty()) {
    Table table{{"attempt", "began", "ended", "where", "how it ended"}, {}};
    for (const Json& attempt : facts["attempts"]) {
      const std::string job = text_at(attempt, "slurm_job");
      table.rows.push_back({text_at(attempt, "attempt"), text_at(attempt, "began"), text_at(attempt, "exit.ended"),
                            text_at(attempt, "host") + (job.empty() ? "" : ", job " + job), text_at(attempt, "how")});
    }
    fmt::print("\n{}", table.for_terminal());
  }
  if (!facts["last_lines"].empty()) fmt::print("\nThe last lines of its log ({}):\n", text_at(facts, "log"));
  for (const Json& line : facts["last_lines"]) fmt::print("  | {}\n", line.get<std::string>());
  fmt::print("\nWhat to do: {}.\n", text_at(facts, "advice"));
}

int explain(const Arguments& arguments) {
  const runs::RunStore store = store_of(arguments);
  const std::string run = run_named(store, arguments.text("RUN"));
  const fs::path folder = store.folder(run);
  runs::SubmittedRuns submitted;
  for (auto& [id, job] : submitted_runs(store)) submitted[id.substr(0, 12)] = job;
  const runs::RunFacts facts = runs::facts_of(store, run, submitted);

  Json explanation = runs::to_json(facts);
  explanation["run"] = run;
  explanation["folder"] = folder.string();
  explanation["names"] = Json::array();
  for (const runs::RunName& name : runs::names_of(store, run))
    explanation["names"].push_back({{"sweep", name.sweep}, {"text", name.text}});
  if (Json program = program_of(store, folder); !program.is_null()) explanation["program"] = std::move(program);
  explanation["attempts"] = runs::attempt_history(folder, facts);
  explanation["log"] = (folder / "log").string();
  explanation["last_lines"] = facts.state == runs::RunState::completed
                                  ? std::vector<std::string>()
                                  : runs::last_lines_of_program(folder / "log", shown_lines);
  const auto runs_of_element =
      std::ranges::count_if(submitted, [&](const auto& submission) { return submission.second == facts.slurm_job; });
  explanation["advice"] = advice(facts, run, folder, static_cast<std::size_t>(runs_of_element));
  arguments.has("json") ? print_facts(explanation) : print_explanation(explanation);
  return 0;
}

}  // namespace

Command explain_command() {
  return {
      .name = "explain",
      .summary = "tell why a run failed or is not running, and what to do",
      .description =
          R"(Prints the run's state, which files its program has and whether they differ now (worker.files), every attempt
and how it ended, the last lines of its log, and what to do. Reads the store and changes nothing.)",
      .positionals = {run_positional},
      .options = {store_option, json_option},
      .examples = "pbn explain 7f32\npbn explain runs/7f/7f3271e7a0b1 --json",
      .run = explain};
}

}  // namespace pbn::commands
