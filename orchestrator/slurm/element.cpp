#include "orchestrator/slurm/element.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>

#include "base/error.h"
#include "base/files.h"
#include "orchestrator/executors/attempt_list.h"
#include "orchestrator/executors/worker_command.h"
#include "orchestrator/runs/lenient_json.h"
#include "orchestrator/runs/run_store.h"
#include "orchestrator/runs/script_figures.h"
#include "orchestrator/runs/shortage.h"
#include "orchestrator/slurm/chunk_folders.h"
#include "orchestrator/slurm/sbatch_options.h"
#include "orchestrator/slurm/script.h"
#include "orchestrator/slurm/slurm.h"
#include "orchestrator/slurm/submitter.h"

namespace pbn::slurm {
namespace fs = std::filesystem;
namespace {

using EndedRun = std::optional<executors::EndedAttempt>;  // nothing: not begun

constexpr int max_attempts_without_progress = 20;

executors::WorkerTask task_of(const SlurmRun& run, const std::vector<std::string>& launcher) {
  const runs::RunStore store(run.store);
  executors::WorkerTask task;
  task.name = run.name;
  task.folder = store.folder(run.run);
  task.config = run.config;
  task.command = launcher;
  const std::vector<std::string> worker =
      run.worker.empty() ? std::vector{executors::find_worker().string()} : run.worker;
  task.command.insert(task.command.end(), worker.begin(), worker.end());
  if (!runs::is_script(run.config)) task.command.insert(task.command.end(), {"--run", task.folder.string()});
  task.environment = executors::environment_under(launcher.empty() ? "" : launcher.front());
  task.meta = {{"executor", "slurm"}, {"slurm_job", own_slurm_element().value_or("")}};
  task.programs = store.programs();
  task.time_to_save = std::chrono::seconds(run.seconds_to_save);
  task.is_in_batch_job = true;
  task.verdict = [store, id = run.run] { return store.verdict(id); };
  return task;
}

// The attempts since the submission, including those before this element was requeued.
struct AttemptsSoFar {
  int made = 0, failed = 0;   // lost attempts do not count as failed
  bool were_refused = false;  // for the run's configuration or data
  bool lacked = false;        // memory or time; the run was submitted again with more
};
AttemptsSoFar attempts_so_far(const SlurmRun& run) {
  AttemptsSoFar attempts;
  for (const fs::path& attempt : runs::attempts_at(runs::RunStore(run.store).folder(run.run))) {
    if (runs::number_of(attempt) <= run.attempts_before) continue;
    const double code = runs::number_at(runs::object_in(attempt / "exit.json"), "code").value_or(0);
    ++attempts.made;
    attempts.lacked |= runs::shortage_of(attempt).has_value();
    attempts.failed += code != 0 && code != 75;
    attempts.were_refused |= code == 64 || code == 65;
  }
  return attempts;
}

// What is left to do when the element starts. All of it if all has failed: somebody requeued the element.
std::vector<SlurmRun> runs_to_try(const SlurmElement& element) {
  std::vector<SlurmRun> runs = element.runs;
  std::erase_if(runs, has_failed_for_good);
  return runs.empty() ? element.runs : runs;
}

bool may_try_again(const SlurmRun& run, const executors::EndedAttempt& end) {
  const fs::path folder = runs::RunStore(run.store).folder(run.run);
  switch (end.ending) {
    case executors::AttemptEnding::finished:
    case executors::AttemptEnding::was_finished:
    case executors::AttemptEnding::superseded:
      return false;
    case executors::AttemptEnding::cancelled:  // ready again: pbn retry was called while others went on
      return !fs::exists(folder / "cancelled") && !runs::RunStore(run.store).has_result(run.run);
    case executors::AttemptEnding::failed:
      return !has_failed_for_good(run);
    case executors::AttemptEnding::saved:
    case executors::AttemptEnding::interrupted:
      return !has_failed_for_good(run) &&
             (end.made_progress || attempts_so_far(run).made <= max_attempts_without_progress);
  }
  return false;
}

bool has_advanced(const EndedRun& end) {
  return end && (end->made_progress || end->ending == executors::AttemptEnding::finished);
}

// Runs that have not begun make another turn useful, unless those before them never get on.
bool wants_another_turn(const std::vector<SlurmRun>& runs, const std::vector<EndedRun>& ends) {
  bool may_go_on = false, is_left = false, has_begun = false;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    has_begun |= ends[i].has_value();
    is_left |= !ends[i];
    may_go_on |= ends[i] && may_try_again(runs[i], *ends[i]);
  }
  return may_go_on || (is_left && (!has_begun || std::ranges::any_of(ends, has_advanced)));
}

int exit_code_of_element(const std::vector<EndedRun>& ends) {
  using enum executors::AttemptEnding;
  int code = 0;
  for (const EndedRun& end : ends) {
    if (end && end->ending == failed) return end->code;
    if (!end || end->ending == saved || end->ending == interrupted) code = 75;
  }
  return code;
}

// Restricts each run to its share of the job. Where Slurm does not confine a job to its processors, their numbers are
// unknown; a job of one run at a time needs no shares.
executors::MachineShare machine_for(int side_by_side) {
  if (side_by_side == 1) return {};
  executors::MachineShare machine = executors::whole_machine();
  const char* const processors = std::getenv("SLURM_CPUS_ON_NODE");
  if (processors && static_cast<int>(machine.processors.size()) > std::atoi(processors)) machine.processors.clear();
  return machine;
}

// The submitted report does not wait for the new array, so another report is submitted.
void submit_report_again(SlurmSubmitter& submitter, const std::string& job) {
  const std::vector<Submission> submissions = submitter.journal().read();
  const auto report = std::find_if(submissions.rbegin(), submissions.rend(),
                                   [](const Submission& submission) { return submission.is_report(); });
  if (report == submissions.rend()) return;
  submitter.submit({"", report->chunk, {}}, dependency_options({}, {job}), "report.sh");
}

// The list is slurm/chunk-001/runs.jsonl in the sweep's folder.
void submit_again(const fs::path& list, int index, const std::vector<std::string>& runs) {
  const fs::path chunk = list.parent_path(), sweep_folder = chunk.parent_path().parent_path();
  const std::string name = fmt::format("slurm/{}", chunk.filename().string());
  SlurmSubmitter submitter(sweep_folder);
  submit_report_again(submitter,
                      submitter.submit({"", name, {runs}, index}, {fmt::format("--array={}", index)}, "array.sh"));
}

// Submits one run of the list as an array of one, with these options, in a chunk of its own.
void submit_alone(const fs::path& list, SlurmRun run, std::vector<std::string> options) {
  const fs::path chunk = list.parent_path(), sweep_folder = chunk.parent_path().parent_path();
  const auto newest = runs::newest_attempt(runs::RunStore(run.store).folder(run.run));
  run.attempts_before = newest ? runs::number_of(*newest) : 0;
  SlurmSubmitter submitter(sweep_folder);
  const std::string name = new_folder(sweep_folder, "chunk");
  const fs::path own_list = sweep_folder / name / "runs.jsonl";
  write_elements(own_list, {SlurmElement{{run}}});
  const fs::path alone = chunk / "alone.sh";
  std::string script = read_file(fs::exists(alone) ? alone : chunk / "array.sh");
  const std::string from = shell_quoted(list.string()), to = shell_quoted(own_list.string());
  if (const auto place = script.find(from); place != std::string::npos) script.replace(place, from.size(), to);
  write_atomically(sweep_folder / name / "array.sh", script);
  options.push_back("--array=0");
  submit_report_again(submitter, submitter.submit({"", name, {{run.run}}}, std::move(options), "array.sh"));
}

void queue_again(const fs::path& list, int index, const SlurmElement& performed) {
  const auto element = own_slurm_element();
  if (!element) return;  // not started by Slurm
  const Slurm slurm;
  // Slurm decides about jobs that are being cancelled or preempted, or that reached their time limit. Requeuing a
  // cancelled job would start it again.
  if (slurm.state(*element) != "RUNNING") return;
  std::fflush(nullptr);
  if (slurm.requeue(*element)) return;
  std::vector<std::string> runs;
  for (const SlurmRun& run : performed.runs) runs.push_back(run.run);
  submit_again(list, index, runs);
}

// The runs whose attempts lacked memory or time, so that to try them again with as much makes no sense. Each is
// submitted again alone, with more, if it may have more.
void give_a_second_chance(const fs::path& list, const std::vector<SlurmRun>& runs, const std::vector<EndedRun>& ends,
                          int side_by_side, int kills_before, const MostGiven& most) {
  const auto own = own_slurm_element();
  const bool may_lack = std::ranges::any_of(ends, [](const EndedRun& end) { return end && end->code != 0; });
  if (!own || !may_lack) return;
  const JobGiven given = given_to_this_job(runs.front().seconds_to_save, kills_before);
  const bool is_wanted = Slurm().state(*own) == "RUNNING";
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const fs::path folder = runs::RunStore(runs[i].store).folder(runs[i].run);
    const auto shortage = ends[i] ? shortage_behind(*ends[i], folder, given, most, side_by_side) : std::nullopt;
    const auto attempt = runs::newest_attempt(folder);
    if (!shortage || !attempt) continue;
    runs::record_shortage(*attempt, *shortage);
    fmt::print("{}: {}\n", runs[i].name, in_words(*shortage));
    std::fflush(stdout);
    const bool may_have_more = shortage->next > shortage->had;
    if (may_have_more && is_wanted) submit_alone(list, runs[i], options_against(runs::shortages_of_run(folder)));
  }
}

}  // namespace

// The lines of runs.jsonl.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SlurmRun, run, name, store, config, worker, retries, attempts_before,
                                   seconds_to_save)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SlurmElement, runs, side_by_side)

void write_elements(const fs::path& list, const std::vector<SlurmElement>& elements) {
  std::string lines;
  for (const SlurmElement& element : elements) {
    lines += canonical(element.runs.size() == 1 ? Json(element.runs[0]) : Json(element)) + "\n";
  }
  write_atomically(list, lines);
}

SlurmElement read_element(const fs::path& list, int index) {
  std::ifstream lines(list, std::ios::binary);
  if (!lines) throw usage_error(list.string(), "pbn submit writes such lists", "cannot be read");
  std::string line;
  for (int i = 0; i <= index; ++i) {
    if (std::getline(lines, line)) continue;
    throw usage_error(list.string(), "", "has no element {}; elements are counted from 0", index);
  }
  const std::string where = fmt::format("{}:{}", list.string(), index + 1);
  const Json values = parse_json(line, where);
  try {
    SlurmElement element =
        values.contains("runs") ? values.get<SlurmElement>() : SlurmElement{{values.get<SlurmRun>()}};
    if (!element.runs.empty() && element.side_by_side > 0) return element;
  } catch (const Json::exception&) {  // thrown below
  }
  throw data_error(where, "pbn submit writes it again", "is not an element of an array");
}

bool has_failed_for_good(const SlurmRun& run) {
  const AttemptsSoFar attempts = attempts_so_far(run);
  return attempts.were_refused || attempts.lacked || attempts.failed > run.retries;
}

int work_on_element(const fs::path& list, int index, const std::vector<std::string>& launcher, const MostGiven& most) {
  const int kills_before = kills_for_lack_of_memory();
  const SlurmElement element = read_element(list, index);
  const std::vector<SlurmRun> runs = runs_to_try(element);
  const int at_a_time = std::min(element.side_by_side, static_cast<int>(runs.size()));
  std::vector<executors::WorkerTask> tasks;
  for (const SlurmRun& run : runs) {
    tasks.push_back(task_of(run, launcher));
    make_writable_folder(tasks.back().folder);
    fmt::print("{}, run {}\n", run.name, run.run.substr(0, 12));
  }
  const auto print_end = [](const executors::WorkerTask& task, const executors::EndedAttempt& end) {
    fmt::print("{}: {}\n", task.name, end.reason);
    std::fflush(stdout);
  };
  const std::vector<EndedRun> ends = executors::attempt_runs(tasks, machine_for(at_a_time), at_a_time, print_end);
  give_a_second_chance(fs::absolute(list), runs, ends, element.side_by_side, kills_before, most);
  if (wants_another_turn(runs, ends)) queue_again(fs::absolute(list), index, element);
  return exit_code_of_element(ends);
}

}  // namespace pbn::slurm
