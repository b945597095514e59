#include "orchestrator/slurm/element.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "base/error.h"
#include "base/files.h"
#include "orchestrator/executors/run_attempt.h"
#include "orchestrator/executors/worker_command.h"
#include "orchestrator/runs/lenient_json.h"
#include "orchestrator/runs/run_store.h"
#include "orchestrator/runs/script_figures.h"
#include "orchestrator/slurm/slurm.h"
#include "orchestrator/slurm/submitter.h"

namespace pbn::slurm {
namespace fs = std::filesystem;
namespace {

constexpr int max_attempts_without_progress = 20;

executors::WorkerTask task_of(const SlurmElement& element, const runs::RunStore& store,
                              const std::vector<std::string>& launcher) {
  executors::WorkerTask task;
  task.name = element.name;
  task.folder = store.folder(element.run);
  task.config = element.config;
  task.command = launcher;
  const std::vector<std::string> worker =
      element.worker.empty() ? std::vector{executors::find_worker().string()} : element.worker;
  task.command.insert(task.command.end(), worker.begin(), worker.end());
  if (!runs::is_script(element.config)) task.command.insert(task.command.end(), {"--run", task.folder.string()});
  task.environment = executors::mpirun_environment();
  task.meta = {{"executor", "slurm"}, {"slurm_job", own_slurm_element().value_or("")}};
  task.time_to_save = std::chrono::seconds(element.seconds_to_save);
  task.verdict = [&store, &element] { return store.verdict(element.run); };
  return task;
}

// Counts the attempts since the submission, including those before this element was requeued.
bool may_retry(const executors::EndedAttempt& end, const SlurmElement& element, const runs::RunStore& store) {
  int attempts = 0, failed = 0;  // lost attempts do not count as failed
  for (const fs::path& attempt : runs::attempts_at(store.folder(element.run))) {
    if (runs::number_of(attempt) <= element.attempts_before) continue;
    const double code = runs::number_at(runs::object_in(attempt / "exit.json"), "code").value_or(0);
    ++attempts;
    failed += code != 0 && code != 75;
  }
  if (end.ending != executors::AttemptEnding::failed)
    return end.made_progress || attempts <= max_attempts_without_progress;
  const bool may_succeed_later = end.code != 64 && end.code != 65;
  return may_succeed_later && failed <= element.retries;
}

// The list is slurm/chunk-001/runs.jsonl in the sweep's folder.
void submit_again(const fs::path& list, int index, const std::string& run) {
  const fs::path chunk = list.parent_path(), sweep_folder = chunk.parent_path().parent_path();
  const std::string name = fmt::format("slurm/{}", chunk.filename().string());
  SlurmSubmitter submitter(sweep_folder);
  const std::string job = submitter.submit(
      {"", name, {run}, index}, {fmt::format("--array={}", index), "--output=" + name + "/%a.log"}, chunk / "array.sh");
  // The submitted report does not wait for the new array, so another report is submitted.
  const std::vector<Submission> submissions = submitter.journal().read();
  const auto report = std::find_if(submissions.rbegin(), submissions.rend(),
                                   [](const Submission& submission) { return submission.runs.empty(); });
  if (report == submissions.rend()) return;
  submitter.submit({"", report->chunk, {}}, {"--dependency=afterany:" + job}, "report.sh");
}

void queue_again(const fs::path& list, int index, const std::string& run) {
  const auto element = own_slurm_element();
  if (!element) return;  // not started by Slurm
  const Slurm slurm;
  // Slurm decides about jobs that are being cancelled or preempted, or that reached their time limit. Requeuing a
  // cancelled job would start it again.
  if (slurm.state(*element) != "RUNNING") return;
  std::fflush(nullptr);
  if (!slurm.requeue(*element)) submit_again(list, index, run);
}

}  // namespace

// The lines of runs.jsonl.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SlurmElement, run, name, store, config, worker, retries, attempts_before,
                                   seconds_to_save)

void write_elements(const fs::path& list, const std::vector<SlurmElement>& elements) {
  std::string lines;
  for (const SlurmElement& element : elements) lines += canonical(element) + "\n";
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
    return values.get<SlurmElement>();
  } catch (const Json::exception&) {
    throw data_error(where, "pbn submit writes it again", "is not an element of an array");
  }
}

int work_on_element(const fs::path& list, int index, const std::vector<std::string>& launcher) {
  const SlurmElement element = read_element(list, index);
  const runs::RunStore store(element.store);
  make_writable_folder(store.folder(element.run));
  fmt::print("{}, run {}\n", element.name, element.run.substr(0, 12));
  const executors::EndedAttempt end = executors::attempt_run(task_of(element, store, launcher));
  fmt::print("{}: {}\n", element.name, end.reason);
  switch (end.ending) {
    case executors::AttemptEnding::finished:
    case executors::AttemptEnding::was_finished:
    case executors::AttemptEnding::cancelled:
    case executors::AttemptEnding::superseded:
      return 0;
    case executors::AttemptEnding::saved:
    case executors::AttemptEnding::interrupted:
    case executors::AttemptEnding::failed:
      if (may_retry(end, element, store)) queue_again(fs::absolute(list), index, element.run);
      return end.ending == executors::AttemptEnding::failed ? end.code : 75;
  }
  return 70;
}

}  // namespace pbn::slurm
